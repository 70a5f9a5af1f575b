"""What must hold between a hall and its city, each promise by its name. ``always`` after every step, ``at_rest`` once
both have come to rest."""

from __future__ import annotations

from collections import defaultdict
from typing import cast

import msgspec

from hub.domain.cases.machine import DECIDED, DELIVERED, UNOPENED
from hub.domain.cases.state import Case
from hub.domain.online.events import MessageAnswered
from hub.domain.slots.state import FREE, SOLD, SlotDay
from hub.log.entry import Head
from hub.receiver.projecting import PARKED
from hub.sync.envelope import follow
from hub.sync.feed import own_hash
from hub.sync.snapshot import snapshot_of
from hub.sync.standing_rows import ANSWER, CASE, KINDS, TAKEN, AnswerRow, CaseRow, Row, TakenRow, numbered, shaped
from tests.sync.checked.hall import CASES, SLOTS_DAY
from tests.sync.checked.world import HALL, NEEDLES, World

ALL = 1_000_000


def always(world: World) -> None:
    acknowledged_survives(world)
    prefix_or_told(world)
    stopped_only_at_a_fork(world)
    no_decision_while_owed(world)
    capacity_holds(world)


def at_rest(world: World) -> None:
    always(world)
    equal_once_quiet(world)
    each_entry_once_in_order(world)
    answers_under_their_numbers(world)
    one_outcome_for_an_id(world)
    handed_over_once(world)
    sales_stand(world)
    views_are_the_fold(world)
    deadlines_are_the_same(world)
    nothing_planted_arrived(world)
    commands_kept_their_outcome(world)


def acknowledged_survives(world: World) -> None:
    """What the receiver acknowledged in its present epoch is still there, whatever was killed."""
    found = world.desk.store.standing(HALL)
    assert found is None or found.committed >= world._acked(), (found, world.acknowledged)
    assert all(outcome.position <= world.log.head().position for outcome in world.done[-1:])


def prefix_or_told(world: World) -> None:
    """The receiver's log begins the hub's, or belongs to an epoch that the hub has left, or nothing is sent."""
    found = world.desk.store.standing(HALL)
    if found is None or own_hash(world.log, found.committed) == found.hash.hex():
        return
    assert found.epoch != world.epoch.id or world.tampered or world.feed.sent == 0, f"forked silently: {found}"


def stopped_only_at_a_fork(world: World) -> None:
    if world.feed.standing().phase == "forked":
        # one that was put back meanwhile to before the fork waits for a person all the same
        assert world.diverged() or world._unknown_past() or world.tampered, world.feed.standing()


def no_decision_while_owed(world: World) -> None:
    for id in CASES:
        case = cast("Case", world.hub.writer.state("case/" + id))
        assert case.state not in (DECIDED, DELIVERED) or not case.owed


def capacity_holds(world: World) -> None:
    """Leased, booked and walk-in places of a slot are never more than it has, and no code is sold twice."""
    day = cast("SlotDay", world.hub.writer.state("slots/" + SLOTS_DAY))
    for slot in day.slots.values():
        assert slot.held + slot.walk_in <= slot.plan.capacity, slot
        codes = [code for lease in day.leases.values() if lease.slot == slot.plan.id for code in lease.codes]
        live = [code for code in codes if day.units[code].state in (FREE, SOLD)]
        assert len(live) <= slot.leased, (slot, day.units)


def equal_once_quiet(world: World) -> None:
    found = world.desk.store.standing(HALL)
    assert found is not None
    there = [event.chainhash for event in world.desk.store.read(HALL, 0, ALL)]
    assert there == [entry.hash for entry in world.log.read(found.base, ALL)]
    assert Head(found.committed, found.hash) == world.log.head()


def each_entry_once_in_order(world: World) -> None:
    """The chain verifies at the receiver alone, without a gap."""
    found = world.desk.store.standing(HALL)
    assert found is not None
    before = bytes.fromhex(cast("str", own_hash(world.log, found.base)))
    events = world.desk.store.read(HALL, 0, ALL)
    assert follow(events, Head(found.base, before)) == Head(found.committed, found.hash)


def _answers(world: World) -> list[MessageAnswered]:
    decoded = (world.hub.codec.decode(entry) for entry in world.log.read_stream("online"))
    return [event for event in decoded if isinstance(event, MessageAnswered)]


def answers_under_their_numbers(world: World) -> None:
    """Each message of the inbox was answered, once under its number, and the city can look its answer up."""
    standing = {event.n: event for event in _answers(world)}
    for message in world.desk.store.inbox(HALL, 0, ALL):
        assert (standing[message.n].id, standing[message.n].hash) == (message.id, message.hash)
        row = world.desk.store.rows(HALL, TAKEN, [numbered(message.n)])[numbered(message.n)]
        assert cast("TakenRow", shaped(row)) == TakenRow(message.id, message.hash)
        answer = cast("AnswerRow", shaped(world.desk.store.rows(HALL, ANSWER, [message.id])[message.id]))
        assert answer.kind == message.type
    assert world.desk.store.unanswered(HALL) == 0


def one_outcome_for_an_id(world: World) -> None:
    told: dict[str, list[MessageAnswered]] = defaultdict(list)
    for event in _answers(world):
        told[event.id].append(event)
    for id, events in told.items():
        assert [event.repeated for event in events].count(False) == 1, id
        first = next(event for event in events if not event.repeated)
        for event in events:
            assert (event.ok, event.code, event.facts) == (first.ok, first.code, first.facts) or (
                event.code == "other-body"
            )


def handed_over_once(world: World) -> None:
    """A message brings about its entries once: all of them lie together, before its first answer."""
    spans: dict[bytes, list[int]] = defaultdict(list)
    answered: dict[bytes, int] = {}
    for entry in world.log.read(0, ALL):
        if entry.stream == "online" and entry.type == "message-answered":
            answered.setdefault(entry.cause, entry.position)
        elif entry.cause in world.said or entry.cause.hex() in world.said:
            spans[entry.cause].append(entry.position)
    for cause, positions in spans.items():
        assert positions == list(range(positions[0], positions[-1] + 1))
        assert answered[cause] == positions[-1] + 1


def sales_stand(world: World) -> None:
    """Whatever was sold online is booked in the hall, once, unless a disk was lost in between."""
    day = cast("SlotDay", world.hub.writer.state("slots/" + SLOTS_DAY))
    if not world.rewritten:
        assert len(set(world.sold)) == len(world.sold)
        assert set(world.sold) <= set(day.bookings), (world.sold, day.bookings)


def views_are_the_fold(world: World) -> None:
    """The rows that grew entry by entry, the hub's own fold of its log, and a fold begun anew are one."""
    store = world.desk.store
    assert store.count(HALL, PARKED) == 0
    theirs = _rows(world)
    ours = snapshot_of(world.log, world.gate, world.log.head(), world.source).rows
    assert theirs == {(row.kind, row.key): _plain(row) for row in ours}
    store.refold(HALL)
    world.project()
    assert _rows(world) == theirs


def _rows(world: World) -> dict[tuple[str, str], tuple[str, object]]:
    return {
        (row.kind, row.key): _plain(row) for kind in KINDS for row in world.desk.store.find(HALL, kind, None, "", ALL)
    }


def _plain(row: Row) -> tuple[str, object]:
    return row.sought, msgspec.json.decode(row.data)


def deadlines_are_the_same(world: World) -> None:
    """Each clock of a case, as the city shows it, stands as in the hub."""
    for stream in world.log.streams("case/"):
        case = cast("Case", world.hub.writer.state(stream))
        if case.state == UNOPENED:
            continue
        id = stream.removeprefix("case/")
        rows = world.desk.store.rows(HALL, CASE, [id])
        assert rows, stream
        row = cast("CaseRow", shaped(rows[id]))
        assert (row.state, row.number, row.received_at) == (case.state, case.number, case.received_at), (row, case)
        assert (row.outcome, row.decided_at, row.result) == (case.outcome, case.decided_at or 0, case.result), row
        here = {}
        for clock in case.clocks:
            if not clock.name.startswith("step:"):
                here[clock.name] = clock
        assert set(row.clocks) == set(here)
        for name, clock in here.items():
            shown = row.clocks[name]
            state = "ended" if clock.ended_at is not None else "stopped" if clock.stopped else "running"
            assert (shown.state, shown.missed) == (state, clock.missed), (name, shown, clock)
            if state == "running":
                told = (shown.due, shown.due_at, shown.provisional)
                assert told == (clock.due, clock.due_at, clock.provisional), name


def nothing_planted_arrived(world: World) -> None:
    for event in world.desk.store.read(HALL, 0, ALL):
        held = msgspec.json.encode(event) + (event.data_base64 or b"")
        for needle in NEEDLES:
            assert needle not in held, (event.type, needle.decode())


def commands_kept_their_outcome(world: World) -> None:
    """A command of the hall that comes again gets what it got."""
    for key, command, outcome in world.kept_commands[-3:]:
        assert world.run(world._submitted(command, key)) == outcome
