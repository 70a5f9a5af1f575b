from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.views.masks import GONE, masked_identity, masked_name, masked_phone


def test_values_are_recognised_and_not_read() -> None:
    assert masked_name("张三") == "张*"
    assert masked_name("欧阳小明") == "欧***"
    assert masked_name("John Fitzgerald Smith") == "J***"
    assert masked_name("北京某某公司", organisation=True) == "北京某某公司"
    assert masked_identity("11010519491231002X") == "110*************2X"
    assert masked_phone("13800138000") == "138****8000"
    assert masked_phone(None) == ""
    assert masked_name(None) == masked_identity(None) == GONE


@given(st.text(alphabet="0123456789X", min_size=2, max_size=40))
def test_no_number_is_shown_whole(number: str) -> None:
    for masked in (masked_identity(number), masked_phone(number), masked_name(number)):
        assert "*" in masked
        assert masked != number
