import shutil
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.wire.outbox import Outbox
from tests.devices.fakes import NOON

PHONE = b"13812345678"


def ids():
    numbers = count(1)
    return lambda: f"e{next(numbers)}"


def put(outbox: Outbox, data: bytes = b"{}"):
    return outbox.put("rated", data, NOON, 1.0)


@pytest.fixture(params=["memory", "file"])
def outbox(request, tmp_path):
    box = Outbox(tmp_path / "outbox.sqlite3" if request.param == "file" else None, limit=5, ids=ids())
    yield box
    box.close()


def test_seqs_begin_at_one_and_have_no_gap(outbox):
    assert [put(outbox)[0].seq for _ in range(3)] == [1, 2, 3]


def test_what_is_acknowledged_is_gone_and_the_rest_stays(outbox):
    for _ in range(4):
        put(outbox)
    assert outbox.acknowledge(outbox.epoch, 2)
    assert [kept.seq for kept in outbox.pending()] == [3, 4]
    assert outbox.next_after(0).seq == 3
    assert outbox.next_after(3).seq == 4
    assert outbox.next_after(4) is None


def test_an_acknowledgement_of_another_epoch_an_old_one_or_one_too_far_changes_nothing(outbox):
    put(outbox)
    put(outbox)
    assert not outbox.acknowledge("other", 1)
    assert not outbox.acknowledge(outbox.epoch, 3)
    assert outbox.acknowledge(outbox.epoch, 1)
    assert not outbox.acknowledge(outbox.epoch, 1)
    assert len(outbox) == 1


def test_a_full_outbox_gives_up_the_oldest_and_leaves_a_hole(outbox):
    for _ in range(7):
        put(outbox)
    assert [kept.seq for kept in outbox.pending()] == [3, 4, 5, 6, 7]
    assert outbox.given_up == 2
    assert outbox.next_after(0).seq == 3


def test_a_new_epoch_begins_with_what_was_lost_and_keeps_the_order(outbox):
    for n in range(7):
        put(outbox, b"%d" % n)
    moved = outbox.begin_epoch((1, 2), NOON, 2.0)
    kept = outbox.pending()
    assert outbox.epoch == "e2"
    assert [event.seq for event in kept] == [1, 2, 3, 4, 5, 6]
    assert kept[0].type == "outbox-lost"
    assert kept[0].data == b'{"epoch":"e1","from":1,"to":2}'
    assert [event.data for event in kept[1:]] == [b"2", b"3", b"4", b"5", b"6"]
    assert moved == {3: 2, 4: 3, 5: 4, 6: 5, 7: 6}
    assert put(outbox)[0].seq == 7


def test_a_phone_number_does_not_linger_in_the_files_after_its_acknowledgement(tmp_path):
    box = Outbox(tmp_path / "outbox.sqlite3")
    for _ in range(50):
        put(box, b'{"phone":"%b"}' % PHONE)
    assert any(PHONE in file.read_bytes() for file in tmp_path.iterdir())
    box.acknowledge(box.epoch, 50)
    assert not any(PHONE in file.read_bytes() for file in tmp_path.iterdir())
    box.close()


def test_a_phone_number_does_not_linger_after_it_was_given_up_and_the_next_acknowledgement(tmp_path):
    box = Outbox(tmp_path / "outbox.sqlite3", limit=1)
    put(box, b'{"phone":"%b"}' % PHONE)
    put(box)
    box.acknowledge(box.epoch, 2)
    assert not any(PHONE in file.read_bytes() for file in tmp_path.iterdir())
    box.close()


def test_an_event_is_in_the_file_before_put_returns(tmp_path):
    box = Outbox(tmp_path / "outbox.sqlite3")
    put(box, b'"kept"')
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in list(tmp_path.glob("outbox*")):
        shutil.copy(file, crashed)
    after = Outbox(crashed / "outbox.sqlite3")
    assert [kept.data for kept in after.pending()] == [b'"kept"']
    assert after.pending()[0].acted is None
    after.close()
    box.close()


def test_an_outbox_in_memory_begins_a_new_epoch_with_each_process():
    assert Outbox().epoch != Outbox().epoch


acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(1, 3)),
        st.tuples(st.just("ack"), st.integers(0, 12)),
        st.tuples(st.just("lose"), st.integers(1, 5)),
        st.tuples(st.just("reopen"), st.just(0)),
    ),
    max_size=20,
)


@settings(max_examples=30, deadline=None)
@given(acts)
def test_a_reopened_outbox_is_the_one_that_was_left(tmp_path_factory, acts):
    path = tmp_path_factory.mktemp("outbox") / "outbox.sqlite3"
    name = ids()
    box, model = Outbox(path, limit=6, ids=name), Outbox(limit=6, ids=ids())
    at = NOON
    for act, n in acts:
        at += timedelta(seconds=1)
        if act == "put":
            for each in range(n):
                box.put("rated", b"%d" % each, at, 1.0)
                model.put("rated", b"%d" % each, at, 1.0)
        elif act == "ack":
            assert box.acknowledge(box.epoch, n) == model.acknowledge(model.epoch, n)
        elif act == "lose":
            assert box.begin_epoch((n, n), at, 1.0) == model.begin_epoch((n, n), at, 1.0)
        else:
            box.close()
            box = Outbox(path, limit=6, ids=name)
        assert facts(box) == facts(model)
    box.close()


def facts(box: Outbox):
    return box.epoch, box.last, box.acknowledged, [(e.seq, e.type, e.at, e.data) for e in box.pending()]


def test_the_folder_of_an_outbox_is_made(tmp_path: Path):
    box = Outbox(tmp_path / "a" / "b" / "outbox.sqlite3")
    put(box)
    box.close()
