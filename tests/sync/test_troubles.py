"""Why the line stands still, in words."""

from __future__ import annotations

from hub.sync.troubles import TROUBLES, words


def test_every_trouble_has_words_in_both_tongues_and_an_unknown_one_too() -> None:
    assert all(each.zh and each.en for each in TROUBLES.values())
    assert words("") is None
    assert words("status-418") is not None
