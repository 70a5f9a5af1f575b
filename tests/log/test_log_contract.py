"""What every log holds to, on each backend."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.log.chain import GENESIS, verify
from hub.log.entry import Head, LogBroken, NoRoom, Progress, Snapshot
from hub.log.memory import MemoryLog
from hub.log.sqlite import SqliteLog
from tests.log.makers import DAY, NOW, batch, counted_salts, draft, kept, step


@pytest.fixture(params=["memory", "sqlite"])
def log(request, tmp_path):
    made = MemoryLog() if request.param == "memory" else SqliteLog(tmp_path / "hall.db")
    yield made
    made.close()


def test_an_empty_log_has_its_head_at_position_0(log):
    assert log.head() == Head(0, GENESIS)
    assert log.read(0, 10) == []
    assert log.streams("") == []


def test_entries_get_gapless_positions_in_the_order_of_the_batch(log):
    first = log.append(batch(drafts=[draft("queue/a", 1), draft("queue/b", 1)]))
    second = log.append(batch(drafts=[draft("queue/a", 2)]))
    assert [entry.position for entry in first + second] == [1, 2, 3]
    assert log.read(0, 10) == first + second
    assert log.head() == Head(3, second[0].hash)


def test_a_batch_without_entries_takes_no_position(log):
    assert log.append(batch(outcomes=[kept(1)])) == []
    assert log.append(batch(drafts=[draft()]))[0].position == 1


def test_an_entry_comes_back_as_it_was_written(log):
    given_draft = draft("queue/二", 7, '{"说明":"补号"}'.encode())
    [written] = log.append(batch(drafts=[given_draft], at=NOW + 5))
    [read] = log.read(0, 1)
    assert read == written
    assert (read.stream, read.version, read.type, read.data) == ("queue/二", 7, "ticket-issued", given_draft.data)
    assert (read.occurred_at, read.recorded_at, read.actor, read.cause) == (
        NOW,
        NOW + 5,
        "kiosk/k1",
        given_draft.cause,
    )
    assert len(read.salt) == 16


def test_what_is_read_after_a_position_is_limited_and_in_order(log):
    log.append(batch(drafts=[draft(version=n) for n in range(1, 8)]))
    assert [entry.position for entry in log.read(2, 3)] == [3, 4, 5]
    assert log.read(7, 3) == []


def test_a_stream_is_read_by_itself_from_a_version_on(log):
    log.append(batch(drafts=[draft("queue/a", 1), draft("queue/b", 1), draft("queue/a", 2), draft("queue/a", 3)]))
    assert [entry.version for entry in log.read_stream("queue/a")] == [1, 2, 3]
    assert [entry.position for entry in log.read_stream("queue/a", 1)] == [3, 4]
    assert list(log.read_stream("queue/none")) == []


def test_a_stream_longer_than_a_page_is_read_whole(log):
    log.append(batch(drafts=[draft(version=n) for n in range(1, 2101)]))
    assert [entry.version for entry in log.read_stream("queue/2024-03-04")] == list(range(1, 2101))


def test_streams_are_listed_by_prefix_in_order(log):
    log.append(batch(drafts=[draft("queue/2024-03-05"), draft("hall/profile"), draft("queue/2024-03-04")]))
    assert log.streams("queue/") == ["queue/2024-03-04", "queue/2024-03-05"]
    assert log.streams("case/") == []


def test_the_chain_of_a_written_log_verifies(log):
    for number in range(1, 5):
        log.append(batch(drafts=[draft(version=number), draft("hall/profile", number)]))
    verdict = verify(log.read(0, 100))
    assert verdict.fault is None
    assert verdict.head == log.head()


def test_a_version_written_twice_breaks_the_log_and_writes_nothing(log):
    log.append(batch(drafts=[draft(version=1)]))
    with pytest.raises(LogBroken):
        log.append(batch(drafts=[draft(version=2), draft(version=1)], outcomes=[kept(9)]))
    assert len(log.read(0, 10)) == 1
    assert log.outcome(kept(9).id) is None
    with pytest.raises(LogBroken):
        log.append(batch(drafts=[draft(version=3)]))


def test_an_outcome_is_found_by_its_command_id(log):
    log.append(batch(drafts=[draft()], outcomes=[kept(5), kept(6, ok=False)]))
    assert log.outcome(kept(5).id) == kept(5)
    assert log.outcome(kept(6).id) == kept(6, ok=False)
    assert log.outcome(kept(7).id) is None


def test_outcomes_of_a_batch_are_found_in_one_look(log):
    log.append(batch(outcomes=[kept(n) for n in range(1200)]))
    assert log.outcomes([]) == {}
    assert log.outcomes([kept(2000).id]) == {}
    for count in (1, 2, 10, 11, 101, 500, 501, 1200):
        ids = [kept(n).id for n in range(1199, 1199 - count, -1)]
        assert log.outcomes([*ids, kept(2000).id]) == {id: kept(int.from_bytes(id, "big")) for id in ids}


def test_a_second_outcome_for_a_command_breaks_the_log(log):
    log.append(batch(outcomes=[kept(5)]))
    with pytest.raises(LogBroken):
        log.append(batch(outcomes=[kept(5)]))


def test_a_device_is_unknown_until_its_first_step(log):
    assert log.progress("k1") is None
    assert not log.knows_epoch("k1", "e1")
    assert log.step("k1", "e1", 1) is None


def test_a_step_moves_the_devices_progress_and_keeps_its_outcome(log):
    log.append(batch(steps=[step(1), step(2), step(1, device="k2", epoch="x")]))
    assert log.progress("k1") == Progress("k1", "e1", 2)
    assert log.progress("k2") == Progress("k2", "x", 1)
    assert log.step("k1", "e1", 1) == step(1)
    assert log.step("k1", "e1", 2) == step(2)
    assert log.step("k1", "e1", 3) is None
    assert log.step("k2", "e1", 1) is None
    assert log.knows_epoch("k1", "e1")


def test_every_step_of_a_long_epoch_is_found_again(log):
    for begin in range(1, 301, 10):
        steps = [step(n, device) for n in range(begin, begin + 10) for device in ("k1", "k2")]
        log.append(batch(steps=steps))
    for seq in range(1, 301):
        assert log.step("k1", "e1", seq) == step(seq, "k1")
    assert log.step("k1", "e1", 301) is None
    assert log.step("k1", "e1", 0) is None


def test_a_step_taken_before_breaks_the_log(log):
    log.append(batch(steps=[step(1), step(2)]))
    with pytest.raises(LogBroken):
        log.append(batch(drafts=[draft()], steps=[step(2)]))
    assert log.read(0, 1) == []


def test_a_new_epoch_leaves_the_old_one_remembered(log):
    log.append(batch(steps=[step(1), step(2)]))
    log.append(batch(steps=[step(1, epoch="e2"), step(1, epoch="e3", at=NOW + 1)]))
    assert log.progress("k1") == Progress("k1", "e3", 1)
    assert all(log.knows_epoch("k1", epoch) for epoch in ("e1", "e2", "e3"))
    assert log.step("k1", "e1", 2) == step(2)


def test_pruning_drops_what_is_older_and_keeps_the_present_epoch(log):
    log.append(batch(outcomes=[kept(1)], steps=[step(1), step(2), step(1, device="quiet")]))
    log.append(batch(outcomes=[kept(2, at=NOW + DAY)], steps=[step(1, epoch="e2", at=NOW + DAY)]))
    before = NOW + 8 * DAY - 7 * DAY
    assert log.prune(before) == 4
    assert log.prune(before) == 0
    assert log.outcome(kept(1).id) is None
    assert log.outcome(kept(2).id) == kept(2, at=NOW + DAY)
    assert log.step("k1", "e1", 2) is None
    assert log.knows_epoch("k1", "e1"), "left a day after it was last heard, so remembered a day longer"
    assert log.progress("quiet") == Progress("quiet", "e1", 1)
    assert log.prune(before + 1) == 3
    assert not log.knows_epoch("k1", "e1")
    assert log.progress("k1") == Progress("k1", "e2", 1)
    log.append(batch(steps=[step(2, device="quiet", at=NOW + 9 * DAY), step(2, epoch="e2", at=NOW + 9 * DAY)]))
    assert log.step("quiet", "e1", 2) == step(2, device="quiet", at=NOW + 9 * DAY)


def test_pruning_takes_a_limit_and_ends_at_0(log):
    log.append(batch(outcomes=[kept(n) for n in range(1, 8)], steps=[step(n) for n in range(1, 8)]))
    dropped = []
    while count := log.prune(NOW + 1, limit=5):
        dropped.append(count)
    assert dropped == [5, 5, 4]


def test_a_snapshot_is_given_back_to_the_fold_that_made_it(log):
    log.put_snapshot(Snapshot("locker/a", 40, "fold-1", b"old"))
    log.put_snapshot(Snapshot("locker/a", 50, "fold-1", b"new"))
    assert log.snapshot("locker/a", "fold-1") == Snapshot("locker/a", 50, "fold-1", b"new")
    assert log.snapshot("locker/a", "fold-2") is None
    assert log.snapshot("locker/b", "fold-1") is None


def test_a_checkpoint_changes_nothing_that_is_read(log):
    entries = log.append(batch(drafts=[draft()], steps=[step(1)]))
    log.checkpoint()
    assert log.read(0, 10) == entries
    assert log.append(batch(drafts=[draft(version=2)]))[0].position == 2


def _cramped(kind: str, path: Path):
    if kind == "memory":
        return MemoryLog(room=50)
    log = SqliteLog(path / "hall.db")
    pages = log._db.execute("PRAGMA page_count").fetchone()[0]
    log._db.execute(f"PRAGMA max_page_count={pages + 20}")
    return log


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_full_disk_writes_nothing_and_the_log_goes_on(kind, tmp_path):
    with contextlib.closing(_cramped(kind, tmp_path)) as log:
        log.append(batch(drafts=[draft(version=1)], steps=[step(1)]))
        head = log.head()
        many = [draft(version=n, data=b"x" * 1000) for n in range(2, 80)]
        for _ in range(2):
            with pytest.raises(NoRoom):
                log.append(batch(drafts=[*many, draft("another/stream")], outcomes=[kept(1)], steps=[step(2)]))
        assert log.head() == head
        assert len(log.read(0, 100)) == 1
        assert log.outcome(kept(1).id) is None
        assert log.progress("k1") == Progress("k1", "e1", 1)
        written = log.append(batch(drafts=[draft(version=2), draft("another/stream")], steps=[step(2)]))
        assert [entry.position for entry in written] == [2, 3]
        assert verify(log.read(0, 10)).fault is None


Script = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["queue/a", "queue/b", "case/1"]), st.binary(max_size=40)), max_size=5),
        st.lists(st.sampled_from(["k1", "k2", "k3"]), max_size=4),
        st.sampled_from(["go on", "reopen", "new epoch", "no room", "checkpoint"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(script=Script)
def test_both_backends_hold_the_same_log_after_the_same_batches_and_any_reopening(script, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "hall.db"
    salts = counted_salts()
    memory, disk = MemoryLog(counted_salts()), SqliteLog(path, salts)
    versions: dict[str, int] = {}
    seqs: dict[str, int] = {}
    epoch = 1
    for drafts, devices, then in script:
        if then == "new epoch":
            epoch += 1
            seqs.clear()
        made = []
        for stream, data in drafts:
            versions[stream] = versions.get(stream, 0) + 1
            made.append(draft(stream, versions[stream], data))
        steps = []
        for device in devices:
            seqs[device] = seqs.get(device, 0) + 1
            steps.append(step(seqs[device], device, f"e{epoch}"))
        together = batch(drafts=made, steps=steps)
        assert disk.append(together) == memory.append(together)
        if then == "reopen":
            disk.close()
            disk = SqliteLog(path, salts)
        elif then == "checkpoint":
            disk.checkpoint()
        elif then == "no room":
            with pytest.raises(NoRoom):
                _append_without_room(disk)
        assert disk.head() == memory.head()
        assert [disk.progress(device) for device in ("k1", "k2", "k3")] == [
            memory.progress(device) for device in ("k1", "k2", "k3")
        ]
    assert disk.read(0, 1000) == memory.read(0, 1000)
    assert disk.streams("") == memory.streams("")
    for device, last in seqs.items():
        for seq in range(1, last + 2):
            assert disk.step(device, f"e{epoch}", seq) == memory.step(device, f"e{epoch}", seq)
    assert verify(disk.read(0, 1000)).fault is None
    disk.close()


def _append_without_room(log: SqliteLog) -> None:
    """A batch that does not fit, salted apart so that it uses up none of the log's salts."""
    before, log._salts = log._salts, counted_salts()
    unlimited = log._db.execute("PRAGMA max_page_count").fetchone()[0]
    pages = log._db.execute("PRAGMA page_count").fetchone()[0]
    try:
        log._db.execute(f"PRAGMA max_page_count={pages}")
        log.append(batch(drafts=[draft("big", n, b"x" * 3000) for n in range(1, 20)]))
    finally:
        log._db.execute(f"PRAGMA max_page_count={unlimited}")
        log._salts = before


def test_what_is_kept_for_ever_is_not_pruned_and_is_found_apart(log):
    forever = msgspec.structs.replace(kept(3), forever=True)
    log.append(batch(outcomes=[kept(1), forever]))
    while log.prune(NOW + 9 * DAY):
        pass
    assert (log.kept(kept(3).id), log.kept(kept(1).id)) == (forever, None)
    assert log.outcome(kept(1).id) is None


def test_a_second_outcome_kept_for_ever_breaks_the_log(log):
    forever = msgspec.structs.replace(kept(3), forever=True)
    log.append(batch(outcomes=[forever]))
    with pytest.raises(LogBroken):
        log.append(batch(outcomes=[forever]))


def test_entries_after_a_position_are_counted_by_kind_of_stream(log):
    log.append(batch(drafts=[draft("queue/a", 1), draft("queue/b", 1), draft("case/x", 1), draft("hall", 1)]))
    assert log.counts(0) == {"queue": 2, "case": 1, "hall": 1}
    assert log.counts(1) == {"queue": 1, "case": 1, "hall": 1}
    assert log.counts(4) == {}
