"""docs/messages.md says what the table says."""

from __future__ import annotations

from hub.sync.messages import guide
from hub.sync.messages.table import TYPES


def test_the_document_is_what_the_table_says() -> None:
    written = guide.PATH.read_text(encoding="utf-8")
    assert written == guide.drawn(written), "run: python -m hub.sync.messages.guide"
    assert all(f"### `{name}`" in written for name in TYPES)
