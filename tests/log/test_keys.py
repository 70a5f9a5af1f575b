from __future__ import annotations

import sqlite3
import stat

import pytest

from hub.log.entry import NoRoom
from hub.log.keys import AHEAD, Keys
from hub.log.memory import MemoryLog
from hub.log.sealed import SealBroken, Sealed
from tests.log.makers import NOW, batch, draft

PLACE = ("queue/2024-03-04", "ticket-issued", "phone")


def subject(number: int) -> str:
    return f"{number:032x}"


def _files(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name))


def _key(keys: Keys, box: Sealed) -> bytes:
    found = keys._key(box.key)
    assert found is not None
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hall.keys.db"


@pytest.fixture(params=["alone", "following a log"])
def keys(request, path):
    made = Keys(path)
    if request.param != "alone":
        made.follow(MemoryLog())
    yield made
    made.close()


def test_a_value_opens_under_its_subjects_key(keys):
    keys.ensure([subject(1)])
    box = keys.seal(subject(1), "13800001111", *PLACE)
    assert b"13800001111" not in box.sealed
    assert keys.unseal(box, *PLACE) == "13800001111"


def test_the_same_value_is_sealed_differently_each_time(keys):
    keys.ensure([subject(1)])
    one, other = (keys.seal(subject(1), "13800001111", *PLACE) for _ in range(2))
    assert one.key == other.key
    assert one.sealed != other.sealed


@pytest.mark.parametrize(
    "place",
    [
        ("queue/2024-03-05", "ticket-issued", "phone"),
        ("queue/2024-03-04", "ticket-called", "phone"),
        ("queue/2024-03-04", "ticket-issued", "name"),
    ],
)
def test_a_value_opens_nowhere_but_in_its_own_place(keys, place):
    keys.ensure([subject(1)])
    with pytest.raises(SealBroken):
        keys.unseal(keys.seal(subject(1), "13800001111", *PLACE), *place)


def test_sealing_for_a_subject_without_a_key_is_an_error(keys):
    with pytest.raises(KeyError):
        keys.seal(subject(1), "13800001111", *PLACE)


def test_a_key_is_on_the_disk_before_ensure_returns(keys, path):
    keys.ensure([subject(1), subject(2)])
    box = keys.seal(subject(1), "1", *PLACE)
    assert _key(keys, box) in _files(path)


def test_one_batch_of_subjects_is_at_most_one_transaction(keys):
    commits = []
    keys._db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    keys.ensure([subject(n) for n in range(AHEAD * 2)])
    assert len(commits) <= 2


def test_every_key_that_a_subject_ever_had_is_destroyed(path):
    boxes = []
    for _ in range(3):
        keys = Keys(path)
        keys.ensure([subject(1)])
        boxes.append(keys.seal(subject(1), "1", *PLACE))
        keys.close()
    keys = Keys(path)
    assert [keys.unseal(box, *PLACE) for box in boxes] == ["1", "1", "1"]
    assert keys.forget(subject(1), NOW)
    assert [keys.unseal(box, *PLACE) for box in boxes] == [None, None, None]
    keys.close()


def test_a_forgotten_subjects_values_open_to_none_and_its_key_is_in_no_file(keys, path):
    many = [subject(n) for n in range(1, 1200)]
    keys.ensure(many)
    boxes = {each: keys.seal(each, "13800001111", *PLACE) for each in many}
    destroyed = {each: _key(keys, boxes[each]) for each in many[::7]}
    assert all(key in _files(path) for key in destroyed.values())
    for each in destroyed:
        assert keys.forget(each, NOW)
    left = _files(path)
    assert not any(key in left for key in destroyed.values())
    for each in many:
        assert keys.unseal(boxes[each], *PLACE) == (None if each in destroyed else "13800001111")


def test_forgetting_reports_done_only_once_the_write_ahead_log_is_truncated(keys, path):
    keys.ensure([subject(1)])
    box = keys.seal(subject(1), "1", *PLACE)
    key = _key(keys, box)
    keys._db.execute("PRAGMA busy_timeout=50")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM key").fetchall()
    assert not keys.forget(subject(1), NOW)
    assert keys.unseal(box, *PLACE) is None
    assert not keys.finish_forgetting()
    reader.execute("COMMIT")
    reader.close()
    assert keys.finish_forgetting()
    assert key not in _files(path)


def test_whoever_was_forgotten_may_come_again_under_a_new_key(keys):
    keys.ensure([subject(1)])
    old = keys.seal(subject(1), "old", *PLACE)
    keys.forget(subject(1), NOW)
    keys.ensure([subject(1)])
    new = keys.seal(subject(1), "new", *PLACE)
    assert new.key != old.key
    assert (keys.unseal(old, *PLACE), keys.unseal(new, *PLACE)) == (None, "new")


def test_a_restored_file_forgets_again_whom_the_list_names(path, tmp_path):
    keys = Keys(path)
    keys.ensure([subject(1), subject(2)])
    boxes = [keys.seal(subject(n), str(n), *PLACE) for n in (1, 2)]
    backup = tmp_path / "backup" / "hall.keys.db"
    backup.parent.mkdir()
    keys.copy_to(backup)
    keys.forget(subject(1), NOW)
    forgotten = keys.forgotten()
    keys.close()
    restored = Keys(backup)
    assert restored.unseal(boxes[0], *PLACE) == "1"
    assert restored.replay(forgotten)
    assert [restored.unseal(box, *PLACE) for box in boxes] == [None, "2"]
    assert restored.forgotten() == [(subject(1), NOW)]
    restored.close()


def _entry(log: MemoryLog, box: Sealed) -> None:
    import msgspec

    version = log.head().position + 1
    data = msgspec.json.encode({"number": "A001", "phone": box})
    log.append(batch(drafts=[draft(version=version, data=data)]))


def test_keys_taken_ahead_find_their_owners_again_after_a_crash(path, tmp_path):
    log = MemoryLog()
    keys = Keys(path)
    keys.follow(log)
    boxes = []
    for number in range(1, 40):
        keys.ensure([subject(number)])
        boxes.append(keys.seal(subject(number), str(number), *PLACE))
        _entry(log, boxes[-1])
    keys._db.close()  # as after a kill: nothing was settled
    again = Keys(path)
    again.follow(log)
    again.ensure([subject(1), subject(1000)])
    for number in (1, 1000):
        assert again.seal(subject(number), "x", *PLACE).key not in {box.key for box in boxes}
    assert again.forget(subject(20), NOW)
    assert [again.unseal(box, *PLACE) for box in boxes] == [
        None if number == 20 else str(number) for number in range(1, 40)
    ]
    again.close()


@pytest.mark.parametrize("before", [0, 3])
def test_a_key_file_older_than_the_log_gives_no_number_twice(path, tmp_path, before):
    log = MemoryLog()
    keys = Keys(path)
    keys.follow(log)
    keys.ensure([subject(n) for n in range(100, 100 + before)])
    keys.copy_to(tmp_path / "old.keys.db")
    boxes = []
    for number in range(1, AHEAD + 20):
        keys.ensure([subject(number)])
        boxes.append(keys.seal(subject(number), "1", *PLACE))
        _entry(log, boxes[-1])
    keys.close()
    old = Keys(tmp_path / "old.keys.db")
    old.follow(log)
    old.ensure([subject(2000)])
    assert old.seal(subject(2000), "2", *PLACE).key not in {box.key for box in boxes}
    assert old.unseal(boxes[-1], *PLACE) is None
    old.close()


def test_a_log_older_than_the_key_file_is_followed_from_its_own_end(path):
    log = MemoryLog()
    keys = Keys(path)
    keys.follow(log)
    for number in range(1, 6):
        keys.ensure([subject(number)])
        _entry(log, keys.seal(subject(number), "1", *PLACE))
    keys.close()
    restored = MemoryLog()
    keys = Keys(path)
    keys.follow(restored)
    keys.ensure([subject(50)])
    box = keys.seal(subject(50), "50", *PLACE)
    _entry(restored, box)
    keys._db.close()
    keys = Keys(path)
    keys.follow(restored)
    keys.forget(subject(50), NOW)
    assert keys.unseal(box, *PLACE) is None
    keys.close()


def test_the_key_file_is_readable_by_its_owner_only(keys, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_makes_no_key_and_leaves_the_file_usable(path):
    keys = Keys(path)
    limit = keys._db.execute("PRAGMA max_page_count").fetchone()[0]
    pages = keys._db.execute("PRAGMA page_count").fetchone()[0]
    keys._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(NoRoom):
        keys.ensure([subject(n) for n in range(5000)])
    keys._db.execute(f"PRAGMA max_page_count={limit}")
    keys.ensure([subject(1)])
    assert keys.unseal(keys.seal(subject(1), "1", *PLACE), *PLACE) == "1"
    keys.close()


def test_a_subject_that_never_had_a_value_owns_nothing(tmp_path):
    keys = Keys(tmp_path / "k.db")
    known, stranger = "ab" * 16, "cd" * 16
    keys.ensure([known])
    assert keys.owns(known)
    assert not keys.owns(stranger)
    keys.forget(known, 1)
    assert keys.owns(known)
    keys.close()
