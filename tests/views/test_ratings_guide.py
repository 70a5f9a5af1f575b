"""docs/ratings.md says what the tables say."""

from __future__ import annotations

from hub.views import ratings_guide as guide


def test_the_document_is_what_the_tables_say() -> None:
    written = guide.PATH.read_text(encoding="utf-8")
    assert written == guide.drawn(written), "run: python -m hub.views.ratings_guide"
    assert guide.steps_table() in written
    assert guide.figures_table() in written
