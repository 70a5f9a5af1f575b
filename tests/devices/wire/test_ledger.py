import shutil
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.wire.ledger import Due, Ledger, Settled
from devices.wire.messages import Command
from tests.devices.fakes import NOON

HOUR = timedelta(hours=1)


def command(id_="c1", fence=1, deadline=NOON + HOUR):
    return Command(id_, fence, deadline, "ask-rating", msgspec.Raw(b"{}"))


@pytest.fixture(params=["memory", "file"])
def ledger(request, tmp_path):
    book = Ledger(tmp_path / "ledger.sqlite3" if request.param == "file" else None, kept=5)
    yield book
    book.close()


def test_a_new_command_is_due(ledger):
    assert ledger.judge(command(), NOON) == Due(command=ledger.judge(command(), NOON).command)


def test_a_repeated_id_gets_the_stored_result_even_past_its_deadline(ledger):
    stored = ledger.record("c1", "done", NOON, {"door": 3})
    assert ledger.judge(command(), NOON + 2 * HOUR) == Settled(stored)


def test_a_command_past_its_deadline_is_expired_and_stays_so(ledger):
    first = ledger.judge(command(), NOON + 2 * HOUR)
    assert isinstance(first, Settled)
    assert first.result.state == "expired"
    assert ledger.judge(command(deadline=NOON + 9 * HOUR), NOON + 3 * HOUR) == first


def test_a_lower_fence_is_rejected_but_the_same_id_runs_under_the_newer_hub(ledger):
    ledger.judge(command("c1", fence=4), NOON)
    verdict = ledger.judge(command("c2", fence=3), NOON)
    assert isinstance(verdict, Settled)
    assert verdict.result.state == "rejected"
    assert isinstance(ledger.judge(command("c2", fence=4), NOON), Due)


def test_a_stored_result_is_told_even_below_the_fence(ledger):
    stored = ledger.record("c1", "done", NOON, {})
    ledger.judge(command("c2", fence=9), NOON)
    assert ledger.judge(command("c1", fence=1), NOON) == Settled(stored)


def test_only_the_last_commands_are_kept(ledger):
    for n in range(9):
        ledger.record(f"c{n}", "done", NOON, {})
    assert isinstance(ledger.judge(command("c0"), NOON), Due)
    assert isinstance(ledger.judge(command("c8"), NOON), Settled)


def test_what_ran_when_the_power_went_is_unknown_and_never_runs_again(tmp_path):
    book = Ledger(tmp_path / "ledger.sqlite3")
    book.record("c1", "running", NOON, {})
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in list(tmp_path.glob("ledger*")):
        shutil.copy(file, crashed)
    after = Ledger(crashed / "ledger.sqlite3", now=NOON + HOUR)
    assert [(result.id, result.state, result.at) for result in after.interrupted] == [("c1", "unknown", NOON + HOUR)]
    verdict = after.judge(command(), NOON)
    assert isinstance(verdict, Settled)
    assert verdict.result.state == "unknown"
    after.close()
    assert Ledger(crashed / "ledger.sqlite3").interrupted == ()
    book.close()


acts = st.lists(
    st.tuples(st.sampled_from(["run", "finish", "judge", "power"]), st.integers(0, 4), st.integers(1, 3)), max_size=25
)


@settings(max_examples=30, deadline=None)
@given(acts)
def test_no_command_is_due_twice_wherever_the_power_goes(tmp_path_factory, acts):
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    book = Ledger(path)
    begun: set[str] = set()
    finals: dict[str, str] = {}
    highest = 0
    for act, n, fence in acts:
        id_ = f"c{n}"
        if act == "power":
            book.close()
            book = Ledger(path)
            finals.update({result.id: "unknown" for result in book.interrupted})
            assert book.fence == highest
        elif act == "finish" and id_ in begun and id_ not in finals:
            book.record(id_, "done", NOON, {})
            finals[id_] = "done"
        else:
            verdict = book.judge(command(id_, fence), NOON)
            if id_ in begun:
                assert isinstance(verdict, Settled)
                assert verdict.result.state == finals.get(id_, "running")
                continue
            assert isinstance(verdict, Due) == (fence >= highest)
            highest = max(highest, fence)
            if act == "run" and isinstance(verdict, Due):
                book.record(id_, "running", NOON, {})
                begun.add(id_)
    book.close()
