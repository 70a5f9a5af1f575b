"""docs/cases.md says what the tables say."""

from __future__ import annotations

from hub.views import cases_guide as guide


def test_the_document_is_what_the_tables_say() -> None:
    written = guide.PATH.read_text(encoding="utf-8")
    assert written == guide.drawn(written), "run: python -m hub.views.cases_guide"
    for part in (guide.diagram(), guide.moves_table(), guide.within_table(), guide.imported_table()):
        assert part in written
