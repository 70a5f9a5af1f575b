"""Rows of how a hall stands: what events change, and that it does not matter how they come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as some

from hub.sync import standing_rows as s
from hub.sync.envelope import CloudEvent, denied
from hub.sync.standing_fold import FOLDS, ahead, fold
from tests.receiver.halls import AT, DAY, Hall

Kept = dict[tuple[str, str], s.Row]


def rows_of(kept: Kept) -> s.Rows:
    def load(kind: str, keys: list[str]) -> Mapping[str, s.Row]:
        return {key: kept[kind, key] for key in keys if (kind, key) in kept}

    return s.Rows(load)


def folded(events: Sequence[CloudEvent], size: int = 1000) -> Kept:
    kept: Kept = {}
    for start in range(0, len(events), size):
        rows = rows_of(kept)
        ahead(rows, events[start : start + size])
        for event in events[start : start + size]:
            try:
                fold(rows, event)
                rows.settle()
            except (ValueError, msgspec.MsgspecError):
                rows.undo()
        for row in rows.changed():
            kept[row.kind, row.key] = row
        for place in rows.gone():
            kept.pop(place, None)
    return kept


def row(kept: Kept, kind: str, key: str) -> Any:
    return s.shaped(kept[kind, key])


def told(*events: tuple[str, str, dict[str, object]]) -> list[CloudEvent]:
    hall = Hall()
    for stream, type, facts in events:
        hall.write(stream, type, **facts)
    return hall.events()


def test_a_case_goes_through_correction_and_special_procedure() -> None:
    clock = {"clock": "legal", "due": "2025-12-20", "due_at": AT + 9, "limit": 20}
    kept = folded(
        told(
            ("case/c", "case-opened", {"case": "c", "item": {"code": "X"}, "person": "p", "name_masked": "李*"}),
            ("case/c", "case-received", {"case": "c", "number": "N", "clocks": [{"clock": "intake", "due": "a"}]}),
            ("case/c", "correction-told", {"case": "c", "clocks": [{"clock": "correction", "due": "b"}]}),
            ("case/c", "case-supplemented", {"case": "c", "clocks": []}),
            ("case/c", "case-accepted", {"case": "c", "clocks": [clock]}),
            ("case/c", "special-started", {"case": "c", "step": "s", "stopped": ["legal"]}),
        )
    )
    case = row(kept, s.CASE, "c")
    assert (case.state, case.number, case.item, case.name, case.position) == ("special", "N", "X", "李*", 6)
    assert {name: clock.state for name, clock in case.clocks.items()} == {
        "intake": "ended",
        "correction": "ended",
        "legal": "stopped",
    }
    assert kept[s.CASE, "c"].sought == "p"


def test_a_stopped_clock_goes_on_with_its_new_due_date_and_a_withdrawal_ends_it() -> None:
    due = {"clock": "legal", "due": "2026-01-30", "due_at": AT + 99, "provisional": True}
    events = (
        ("case/c", "case-accepted", {"case": "c", "clocks": [{"clock": "legal", "due": "x"}]}),
        ("case/c", "special-started", {"case": "c", "stopped": ["legal"]}),
        ("case/c", "special-ended", {"case": "c", "dues": [due]}),
    )
    clock = row(folded(told(*events)), s.CASE, "c").clocks["legal"]
    assert (clock.state, clock.due, clock.provisional) == ("running", "2026-01-30", True)
    case = row(folded(told(*events, ("case/c", "case-withdrawn", {"case": "c"}))), s.CASE, "c")
    assert (case.state, case.outcome, case.clocks["legal"].state) == ("withdrawn", "withdrawn", "ended")


def test_a_revoked_certificate_says_so() -> None:
    kept = folded(
        told(
            ("case/c", "case-decided", {"case": "c", "granted": True, "result": "Z-1", "valid_until": None}),
            ("case/c", "case-revoked", {"case": "c", "reason": "r", "basis": "b"}),
        )
    )
    assert row(kept, s.CERTIFICATE, "Z-1").revoked


def test_the_first_answer_stays_and_a_rewound_inbox_is_taken_anew() -> None:
    answer = {"id": "a" * 32, "kind": "k", "ok": False, "code": "late", "zh": "晚了", "en": "Too late", "hash": "h1"}
    kept = folded(
        told(
            ("online", "message-answered", {**answer, "n": 2}),
            ("online", "inbox-rewound", {"to": 0, "hash": "", "was": 2}),
            ("online", "message-answered", {**answer, "n": 1, "hash": "h2", "repeated": True, "ok": True}),
        )
    )
    assert (row(kept, s.ANSWER, "a" * 32).ok, row(kept, s.ANSWER, "a" * 32).zh) == (False, "晚了")
    assert row(kept, s.TAKEN, s.numbered(1)).hash == "h2"


def test_a_cancelled_booking_gives_its_lease_a_fresh_unit() -> None:
    kept = folded(
        told(
            (f"slots/{DAY}", "slots-leased", {"lease": "l", "slot": "0900", "codes": ["u1"], "expires": 5}),
            (f"slots/{DAY}", "unit-sold", {"code": "u1", "lease": "l", "slot": "0900"}),
            (f"slots/{DAY}", "booking-cancelled", {"code": "u1", "slot": "0900", "fresh": "u2"}),
            (f"slots/{DAY}", "lease-extended", {"lease": "l", "expires": 9}),
        )
    )
    assert row(kept, s.UNIT, "u1").state == s.SOLD
    assert (row(kept, s.UNIT, "u2").state, row(kept, s.UNIT, "u2").expires) == (s.LEASED, 9)
    assert kept[s.UNIT, "u2"].sought == DAY


def test_leases_of_two_days_have_one_name_and_units_of_their_own() -> None:
    today, tomorrow = "slots/2026-11-26", "slots/2026-11-27"
    kept = folded(
        told(
            (today, "slots-leased", {"lease": "l", "slot": "0900", "codes": ["u1"], "expires": 5}),
            (tomorrow, "slots-leased", {"lease": "l", "slot": "0900", "codes": ["u2"], "expires": 6}),
            (today, "lease-extended", {"lease": "l", "expires": 9}),
            (today, "booking-cancelled", {"code": "u1", "slot": "0900", "fresh": "u3"}),
            (tomorrow, "lease-extended", {"lease": "l", "expires": 12}),
        )
    )
    assert [row(kept, s.UNIT, code).expires for code in ("u1", "u2", "u3")] == [9, 12, 9]


def test_a_consultation_has_its_answer_of_record() -> None:
    kept = folded(
        told(
            ("consultation/q", "consultation-asked", {"consultation": "q", "item": "X", "due": "d", "due_at": 4}),
            ("consultation/q", "consultation-overdue", {"consultation": "q", "due": "d"}),
            ("consultation/q", "answer-marked", {"consultation": "q", "n": 1, "text": "可以"}),
            ("consultation/q", "consultation-closed", {"consultation": "q", "outcome": "answered"}),
        )
    )
    found = row(kept, s.CONSULTATION, "q")
    assert (found.text, found.outcome, found.overdue, found.item) == ("可以", "answered", True, "X")


def test_what_was_denied_changes_nothing() -> None:
    hall = Hall()
    entry = hall.write("case/c", "case-received", number="N")
    assert folded([denied(entry, "/halls/h/e", None)]) == {}


def test_an_entry_that_fails_leaves_no_half_of_it() -> None:
    kept = folded(
        told(
            (f"slots/{DAY}", "slots-leased", {"lease": "l", "slot": "0900", "codes": ["u1"], "expires": 5}),
            (f"slots/{DAY}", "slots-leased", {"lease": "m", "slot": "0900", "codes": ["u2", 7], "expires": 5}),
            (f"queue/{DAY}", "visit-rated", {"ticket": "t", "score": 0}),
        )
    )
    assert set(kept) == {(s.LEASE, f"{DAY} l"), (s.UNIT, "u1")}


@given(
    some.lists(some.tuples(some.sampled_from(sorted(FOLDS)), some.integers(0, 2), some.integers(-1, 6)), max_size=40),
    some.integers(1, 7),
)
def test_rows_are_the_same_however_the_entries_come_in(drawn: list[tuple[str, int, int]], size: int) -> None:
    events = told(
        *(
            (
                f"case/{n}" if type.startswith("case") else f"queue/{DAY}",
                type,
                {
                    "ticket": str(n),
                    "score": score,
                    "n": score,
                    "id": str(n),
                    "lease": str(n),
                    "codes": [str(score)],
                    "code": str(score),
                    "fresh": None if n else "f",
                    "clocks": [{"clock": "legal", "due": str(score)}],
                },
            )
            for type, n, score in drawn
        )
    )
    assert folded(events, size) == folded(events, 1) == folded(events)


def test_a_step_that_opens_in_a_special_procedure_does_not_end_it_and_its_budget_is_nobody_elses() -> None:
    step = {"clock": "step:last", "due": "2026-01-05", "due_at": AT}
    kept = folded(
        told(
            ("case/c", "case-accepted", {"case": "c"}),
            ("case/c", "special-started", {"case": "c", "step": "s"}),
            ("case/c", "steps-opened", {"case": "c", "steps": ["last"], "clocks": [step]}),
        )
    )
    assert (row(kept, s.CASE, "c").state, row(kept, s.CASE, "c").clocks) == ("special", {})


def test_an_intake_limit_that_passed_is_missed() -> None:
    kept = folded(
        told(
            ("case/c", "case-received", {"case": "c", "clocks": [{"clock": "intake", "due": "a"}]}),
            ("case/c", "intake-expired", {"case": "c", "due": "a"}),
        )
    )
    assert row(kept, s.CASE, "c").clocks["intake"].missed


def test_a_note_of_another_system_moves_nothing_and_a_delivery_tells_the_outcome_too() -> None:
    kept = folded(
        told(
            ("case/c", "external-case-registered", {"case": "c", "number": "N"}),
            ("case/c", "milestone-imported", {"case": "c", "kind": "delivered", "happened_at": AT}),
            ("case/c", "milestone-imported", {"case": "c", "kind": "note", "happened_at": AT}),
        )
    )
    assert (row(kept, s.CASE, "c").state, row(kept, s.CASE, "c").outcome) == ("delivered", "granted")
