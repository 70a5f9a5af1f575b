"""Generated rows are what the index makes of the same events."""

from __future__ import annotations

import random

from benchmarks import case_rows
from hub.log.cursors import Cursors
from hub.views.cases.stored import COLUMNS
from tests.views.cases.shelf import Shelf

COUNT = 1_000_000
OPEN = 100_000


def test_sampled_rows_equal_folded_ones() -> None:
    chosen = random.Random(4)
    numbers = [*chosen.sample(range(COUNT - OPEN), 20), *chosen.sample(range(COUNT - OPEN, COUNT), 40)]
    shelf = Shelf()
    for number in numbers:
        events = case_rows.events_of(case_rows.kind_of(number, COUNT, OPEN), number)
        shelf.write(f"case/{case_rows.id_of(number)}", *events)
    assert shelf.book.bring_up()
    assert not shelf.cursors.parked()
    for number in numbers:
        read = f"SELECT seq, item_key, {', '.join(COLUMNS)} FROM cases WHERE id = ?"
        [folded] = shelf.cursors.read(read, (case_rows.id_of(number),))
        assert tuple(folded) == case_rows.row(folded[0], number, case_rows.kind_of(number, COUNT, OPEN))


def test_generated_tasks_and_tallies_equal_folded_ones() -> None:
    count = 400
    shelf = Shelf()
    for number in range(count):
        kind = case_rows.kind_of(number, count, 200)
        shelf.write(f"case/{case_rows.id_of(number)}", *case_rows.events_of(kind, number))
    assert shelf.book.bring_up()
    generated = Cursors(None)
    case_rows.fill(generated._db, count, 200)
    tasks = (
        "SELECT c.id, t.kind, t.department, t.step, t.zh, t.by, t.since, t.step_due_at, t.sort_at, t.stopped"
        " FROM case_task AS t JOIN cases AS c USING (seq) ORDER BY 1, 2, 3, 4"
    )
    for sql in (tasks, "SELECT * FROM case_tally", "SELECT * FROM case_item"):
        assert shelf.cursors.read(sql) == generated.read(sql)
