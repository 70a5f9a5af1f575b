"""The contract of the receiver's storage, on each of its databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import msgspec
import pytest

from hub.receiver.open import open_store
from hub.receiver.projecting import project
from hub.receiver.store import Forked, NotForSale, OtherBase, OtherBody, OtherEpoch, Store, UnknownHall
from hub.sync.envelope import BadEnvelope, denied
from hub.sync.inbox_chain import START, agrees
from hub.sync.protocol import Opening
from hub.sync.standing_rows import DAY as DAY_ROWS
from hub.sync.standing_rows import DayRow, Row, StandingSnapshot
from tests.receiver.halls import AT, DAY, Hall

HASH = bytes(32).hex()


def opened(store: Store, hall: Hall, after: int = 0, previous: str = "") -> None:
    store.open_epoch(hall.name, hall.epoch, Opening(after, hall.hash(after), previous), AT)


def send(store: Store, hall: Hall, after: int, limit: int = 1000, at: int = AT) -> int:
    return store.append(hall.name, hall.epoch, after + 1, hall.events(after, limit), at, hall.head)


def full(store: Store, count: int = 30) -> Hall:
    hall = Hall()
    hall.tickets(count)
    opened(store, hall)
    send(store, hall, 0)
    return hall


def fold(store: Store, hall: str) -> None:
    while (standing := store.standing(hall)) is not None and project(store, standing, AT):
        pass


def test_what_is_appended_is_read_back_to_the_byte(store: Store) -> None:
    hall = full(store)
    assert store.read(hall.name, 0, 1000) == hall.events()
    assert store.read(hall.name, 10, 5) == hall.events(10, 5)
    standing = store.standing(hall.name)
    assert standing is not None
    assert (standing.committed, standing.hash.hex()) == (30, hall.hash(30))
    assert (standing.recorded_at, standing.arrived_at) == (AT + 5, AT)
    assert store.hash_at(hall.name, 0) == bytes(32)
    assert store.hash_at(hall.name, 7) == bytes.fromhex(hall.hash(7))
    assert store.hash_at(hall.name, 31) is None


def test_a_denied_entry_and_an_unknown_type_are_stored_as_they_are(store: Store) -> None:
    hall = Hall()
    first = hall.write("case/1", "something-of-a-later-version", more="x")
    second = hall.write("case/1", "case-received", number="1")
    opened(store, hall)
    source = f"/halls/{hall.name}/{hall.epoch}"
    events = [denied(first, source, None), denied(second, source, b'{"number":"1"}')]
    assert store.append(hall.name, hall.epoch, 1, events, AT, 2) == 2
    assert store.read(hall.name, 0, 10) == events


def test_only_the_next_base_is_taken(store: Store) -> None:
    hall = full(store)
    hall.tickets(5)
    for base in (1, 30, 32, 0):
        with pytest.raises(OtherBase) as refused:
            store.append(hall.name, hall.epoch, base, hall.events(base - 1 if base else 0, 3), AT, 0)
        assert (refused.value.committed, refused.value.hash.hex()) == (30, hall.hash(30))
    assert send(store, hall, 30) == 35
    assert store.append(hall.name, hall.epoch, 36, [], AT, 0) == 35


def test_nothing_is_kept_of_a_batch_that_breaks_the_chain(store: Store) -> None:
    hall = full(store)
    hall.tickets(5)
    events = hall.events(30)
    broken = msgspec.structs.replace(events[3], actor="someone/else")
    with pytest.raises(BadEnvelope):
        store.append(hall.name, hall.epoch, 31, [*events[:3], broken, events[4]], AT, 0)
    with pytest.raises(BadEnvelope):
        store.append(hall.name, hall.epoch, 31, [events[0], events[2]], AT, 0)
    with pytest.raises(BadEnvelope):
        store.append(hall.name, hall.epoch, 31, [msgspec.structs.replace(events[0], streamversion=-1)], AT, 0)
    with pytest.raises(BadEnvelope):
        store.append(hall.name, hall.epoch, 31, [msgspec.structs.replace(events[0], subject="a\0b")], AT, 0)
    assert store.read(hall.name, 0, 1000) == hall.events(0, 30)


def test_another_history_is_a_fork(store: Store) -> None:
    full(store)
    other = Hall()
    other.tickets(40)
    with pytest.raises(Forked):
        store.append(other.name, other.epoch, 31, other.events(30), AT, 0)
    with pytest.raises(Forked):
        store.open_epoch(other.name, "e2", Opening(20, other.hash(20), "e1"), AT)


def test_an_unknown_hall_is_told_apart_from_an_empty_one(store: Store) -> None:
    hall = Hall()
    hall.tickets(1)
    with pytest.raises(UnknownHall):
        send(store, hall, 0)
    assert store.standing(hall.name) is None
    assert store.read(hall.name, 0, 10) == []
    opened(store, hall)
    assert store.standing(hall.name) is not None
    assert [each.hall for each in store.halls()] == [hall.name]


def test_a_restored_hub_leaves_what_came_after_its_backup(store: Store) -> None:
    hall = full(store)
    restored = hall.restored(20, "e2")
    opened(store, restored, 20, "e1")
    opened(store, restored, 20, "e1")
    restored.tickets(6)
    send(store, restored, 20)
    assert [each.chainhash for each in store.read(hall.name, 0, 100)] == [each.hash for each in restored.entries]
    assert store.read_left(hall.name, "e1", 0, 100) == hall.events()
    standing = store.standing(hall.name)
    assert standing is not None
    assert (standing.committed, standing.left, standing.epochs, standing.epoch) == (26, 10, 2, "e2")
    assert store.hash_at(hall.name, 20) == bytes.fromhex(hall.hash(20))
    assert store.hash_at(hall.name, 21) == restored.entries[20].hash
    with pytest.raises(OtherEpoch):
        opened(store, hall)
    with pytest.raises(OtherEpoch):
        send(store, hall, 26)
    third = restored.restored(10, "e3")
    opened(store, third, 10, "e2")
    third.tickets(3)
    send(store, third, 10)
    assert [each.chainhash for each in store.read(hall.name, 0, 100)] == [each.hash for each in third.entries]
    assert [(each.epoch, each.fork, each.current) for each in store.epochs(hall.name)] == [
        ("e1", 0, False),
        ("e2", 20, False),
        ("e3", 10, True),
    ]


def test_an_epoch_that_begins_past_what_is_here_is_asked_to_begin_there_and_leaves_nothing(store: Store) -> None:
    hall = full(store)
    hall.tickets(10)
    later = hall.restored(40, "e2")
    with pytest.raises(Forked) as told:
        opened(store, later, 40, "e1")
    assert (told.value.committed, told.value.hash.hex()) == (30, hall.hash(30))
    opened(store, later, 30, "e1")
    assert send(store, later, 30) == 40
    standing = store.standing(hall.name)
    assert standing is not None
    assert standing.left == 0


def test_rows_of_void_entries_are_folded_again_from_the_surviving_chain(store: Store) -> None:
    hall = full(store)
    fold(store, hall.name)
    restored = hall.restored(20, "e2")
    opened(store, restored, 20, "e1")
    restored.tickets(1)
    send(store, restored, 20)
    fold(store, hall.name)
    day = store.rows(hall.name, DAY_ROWS, [DAY])[DAY]
    assert msgspec.json.decode(day.data, type=DayRow).taken == 21


def test_messages_are_numbered_without_a_gap_and_chained(store: Store) -> None:
    hall = full(store)
    for n in range(1, 6):
        assert store.say(hall.name, f"{n:032x}", "test", b'{"a":1}', AT + n).n == n
    messages = store.inbox(hall.name, 0, 100)
    assert [each.n for each in messages] == [1, 2, 3, 4, 5]
    previous = START
    for message in messages:
        assert agrees(previous, message)
        previous = bytes.fromhex(message.hash)
        assert store.inbox_hash(hall.name, message.n) == previous
    assert store.inbox_hash(hall.name, 0) == START
    assert store.inbox_hash(hall.name, 6) is None
    assert store.message(hall.name, f"{3:032x}") == messages[2]
    assert [each.n for each in store.inbox(hall.name, 3, 1)] == [4]
    with pytest.raises(UnknownHall):
        store.say("nowhere", f"{9:032x}", "test", b"{}", AT)


def test_a_message_is_there_once_however_often_it_is_sent(store: Store) -> None:
    hall = full(store)
    id = "ab" * 16
    assert store.say(hall.name, id, "test", b'{"a":1}', AT).again is False
    again = store.say(hall.name, id, "test", b'{"a":1}', AT + 9)
    assert (again.n, again.again) == (1, True)
    for body in ((id, "test", b'{"a":2}'), (id, "other", b'{"a":1}')):
        with pytest.raises(OtherBody) as refused:
            store.say(hall.name, *body, AT)
        assert refused.value.n == 1
    assert len(store.inbox(hall.name, 0, 100)) == 1


def test_a_leased_unit_is_sold_once(store: Store) -> None:
    hall = full(store)
    hall.write(f"slots/{DAY}", "slots-leased", lease="l1", slot="0900", codes=["u1", "u2"], expires=AT + 1000)
    send(store, hall, 30)
    fold(store, hall.name)
    store.say(hall.name, "01" * 16, "book", b"{}", AT, "u1")
    assert store.say(hall.name, "01" * 16, "book", b"{}", AT, "u1").again
    for unit, at, why in (("u1", AT, "sold"), ("u9", AT, "unknown-unit"), ("u2", AT + 1000, "lease-expired")):
        with pytest.raises(NotForSale, match=why):
            store.say(hall.name, sha256(unit.encode()).hexdigest()[:32], "book", b"{}", at, unit)
    assert store.sold(hall.name, ["u1", "u2"]) == {"u1"}
    assert store.standing(hall.name).inbox == 1  # type: ignore[union-attr]


def test_a_snapshot_stands_for_the_entries_before_it(store: Store) -> None:
    hall = Hall()
    hall.tickets(50)
    opened(store, hall)
    row = Row(DAY_ROWS, DAY, msgspec.Raw(msgspec.json.encode(DayRow(taken=40))))
    store.adopt(hall.name, hall.epoch, StandingSnapshot(40, hall.hash(40), [row], AT), AT)
    standing = store.adopt(hall.name, hall.epoch, StandingSnapshot(30, hall.hash(30), [], AT), AT)
    assert (standing.committed, standing.base, standing.viewed) == (40, 40, 40)
    send(store, hall, 40)
    fold(store, hall.name)
    assert msgspec.json.decode(store.rows(hall.name, DAY_ROWS, [DAY])[DAY].data, type=DayRow).taken == 50
    restored = hall.restored(45, "e2")
    opened(store, restored, 45, "e1")
    fold(store, hall.name)
    assert msgspec.json.decode(store.rows(hall.name, DAY_ROWS, [DAY])[DAY].data, type=DayRow).taken == 45
    with pytest.raises(Forked):
        store.open_epoch(hall.name, "e3", Opening(39, hall.hash(39), "e2"), AT)
    with pytest.raises(OtherEpoch):
        store.adopt(hall.name, "e1", StandingSnapshot(60, HASH, [], AT), AT)


def test_rows_are_kept_only_by_whoever_folded_the_ones_before(store: Store) -> None:
    hall = full(store)
    standing = store.standing(hall.name)
    assert standing is not None
    row = Row("case", "c1", msgspec.Raw(b'{"case":"c1"}'), "p1")
    assert store.keep(standing, 10, [row], [])
    assert not store.keep(standing, 10, [], [("case", "c1")])
    assert store.find(hall.name, "case", "p1") == [row]
    assert store.find(hall.name, "case", "p2") == []
    assert store.find(hall.name, "case", after="c1") == []
    assert store.count(hall.name, "case") == 1
    after = store.standing(hall.name)
    assert after is not None
    assert store.keep(after, 30, [], [("case", "c1")])
    assert store.rows(hall.name, "case", ["c1"]) == {}


def test_tokens_are_found_by_their_hash_until_they_are_revoked(store: Store) -> None:
    store.add_token("t1", b"h" * 32, "portal", AT)
    found = store.token(b"h" * 32)
    assert found is not None
    assert found.label == "portal"
    assert store.token(b"x" * 32) is None
    assert store.revoke_token("t1", AT + 1)
    assert not store.revoke_token("t1", AT + 1)
    assert store.token(b"h" * 32) is None
    assert [each.revoked_at for each in store.tokens()] == [AT + 1]


def test_what_is_asked_at_once_is_done_one_after_the_other(store: Store) -> None:
    halls = [Hall(f"hall-{n}") for n in range(8)]
    for hall in halls:
        hall.tickets(20)

    def work(hall: Hall) -> int:
        opened(store, hall)
        opened(store, halls[0])
        return send(store, hall, 0)

    def again(n: int) -> str:
        try:
            store.append("hall-0", "e1", 21, halls[0].events(20), AT, 0)
        except OtherBase:
            return "late"
        return "taken"

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, halls)) == [20] * 8
        numbers = list(threads.map(lambda n: store.say("hall-0", f"{n:032x}", "test", b"{}", AT).n, range(24)))
        halls[0].tickets(5)
        assert sorted(threads.map(again, range(8))) == [*["late"] * 7, "taken"]
    assert sorted(numbers) == list(range(1, 25))
    assert store.read("hall-0", 0, 100) == halls[0].events()


def test_no_entry_is_ever_changed_or_deleted(store: Store) -> None:
    full(store)
    for sql in ("UPDATE entry SET actor = 'x'", "DELETE FROM entry", "DELETE FROM inbox WHERE n >= 0"):
        store_db = store._db  # type: ignore[attr-defined]
        if sql.endswith(">= 0"):
            store.say("hall-1", "ff" * 16, "test", b"{}", AT)
        with pytest.raises(Exception, match="only added to"), store_db.writing() as db:
            db.run(sql)


def test_what_was_acknowledged_is_there_when_it_is_opened_again(url: str) -> None:
    if url == "memory:":
        pytest.skip("gone with the process by design")
    store = open_store(url)
    hall = full(store)
    store.close()
    again = open_store(url)
    assert again.read(hall.name, 0, 100) == hall.events()
    again.close()


def test_an_opening_that_comes_after_the_one_which_followed_it_is_of_a_left_epoch(store: Store) -> None:
    hall = Hall()
    hall.tickets(5)
    opened(store, hall.restored(5, "e2"), 5, "e1")
    with pytest.raises(OtherEpoch):
        store.open_epoch(hall.name, "e1", Opening(0, hall.hash(0)), AT)


def test_two_histories_may_have_a_snapshot_of_the_same_position(store: Store) -> None:
    for epoch, before in (("e1", ""), ("e2", "e1")):
        hall = Hall(epoch=epoch)
        hall.tickets(5)
        opened(store, hall, 0, before)
        adopted = store.adopt(hall.name, epoch, StandingSnapshot(5, hall.hash(5), []), AT)
        assert (adopted.committed, adopted.hash.hex()) == (5, hall.hash(5))
        store.refold(hall.name)
