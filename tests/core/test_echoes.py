"""What is withheld of a refusal's facts: the citizen's own words, and nothing of the hall's."""

from __future__ import annotations

import pytest

from hub.core.echoes import own_words, withheld


@pytest.mark.parametrize(
    ("said", "fact", "told"),
    [
        (b'{"item":"A02"}', "A02", "A02"),
        ('{"item":"欧阳植入"}'.encode(), "欧阳植入", "…"),
        (b'{"item":"13987650001"}', "13987650001", "…"),
        (b'{"identity":"11010519491231002x"}', "≠ 11010519491231002X", "≠ …"),
        ('{"form":{"我的住址":"某街 1 号"}}'.encode(), "我的住址", "…"),
        ('{"item":"欧阳植入"}'.encode(), "食品经营许可", "食品经营许可"),
        (b"\xff", "A02", "A02"),
    ],
)
def test_codes_are_told_back_and_words_are_not(said: bytes, fact: str, told: str) -> None:
    assert withheld({"item": fact, "n": 3}, own_words(said)) == {"item": told, "n": 3}
