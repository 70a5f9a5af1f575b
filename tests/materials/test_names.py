from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.materials.names import LONGEST, UNNAMED, shown_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\a.dll", "a.dll"),
        ("/etc/", UNNAMED),
        ("..", UNNAMED),
        ("", UNNAMED),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("申请‮fdp.exe", "申请fdp.exe"),
        ("a​b.pdf", "ab.pdf"),
        ("  a   b .pdf", "a b .pdf"),
        ("C:\\扫描件\\身份证 正面.jpg", "身份证 正面.jpg"),
    ],
)
def test_a_name_is_only_what_people_may_see_of_it(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


def test_a_long_name_keeps_its_ending() -> None:
    name = shown_name("材" * 300 + ".docx")
    assert len(name) == LONGEST
    assert name.endswith("….docx")


@given(st.text(max_size=400))
def test_whatever_it_was_called_it_names_no_place_and_hides_nothing(text: str) -> None:
    name = shown_name(text)
    assert 0 < len(name) <= LONGEST
    assert not set(name) & {"/", "\\", "\x00"}
    assert name not in (".", "..")
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in name)
    assert shown_name(name) == name
