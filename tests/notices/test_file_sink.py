"""Each message stands in the file exactly once, whatever was killed in between."""

from __future__ import annotations

import json
import os
import resource
import signal
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.log.entry import NoRoom
from hub.notices.file_sink import FileSink
from hub.notices.port import Message, Port
from hub.notices.texts import TEXTS, masked, message

ZONE = "Asia/Shanghai"
NOON = int(datetime(2026, 11, 25, 12, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
DAY = 86_400_000


def notice(id: str, at: int = NOON) -> Message:
    return message(
        "accepted", id=id, case="DC2026-000001", to="0" * 32, at=at, name="李悦", item="食品经营许可", due="2026-12-20"
    )


def lines(folder: Path) -> dict[str, list[str]]:
    return {
        path.name: [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def test_a_message_is_one_line_in_the_file_of_its_day(tmp_path: Path) -> None:
    sink: Port = FileSink(tmp_path / "n", ZONE)
    first, second = sink.send(notice("a")), sink.send(notice("b"))
    late = sink.send(notice("c", NOON + DAY))
    assert [each.where for each in (first, second, late)] == [
        "2026-11-25.jsonl#1",
        "2026-11-25.jsonl#2",
        "2026-11-26.jsonl#1",
    ]
    assert lines(tmp_path / "n") == {"2026-11-25.jsonl": ["a", "b"], "2026-11-26.jsonl": ["c"]}
    assert "李悦" not in (tmp_path / "n" / "2026-11-25.jsonl").read_text(encoding="utf-8")


def test_the_same_message_again_is_the_same_evidence_also_after_a_restart(tmp_path: Path) -> None:
    first = FileSink(tmp_path / "n", ZONE).send(notice("a"))
    sink = FileSink(tmp_path / "n", ZONE)
    for day in range(20):  # more files than are remembered
        sink.send(notice(f"d{day}", NOON + DAY * day))
    assert sink.send(notice("a")) == first
    assert lines(tmp_path / "n")["2026-11-25.jsonl"] == ["a", "d0"]


def test_a_line_that_a_kill_left_half_written_is_written_again(tmp_path: Path) -> None:
    FileSink(tmp_path / "n", ZONE).send(notice("a"))
    path = tmp_path / "n" / "2026-11-25.jsonl"
    whole = path.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole + whole[:cut])
        FileSink(tmp_path / "n", ZONE).send(notice("b"))
        assert lines(tmp_path / "n") == {"2026-11-25.jsonl": ["a", "b"]}
        path.write_bytes(whole)


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "n", ZONE)
    sink.send(notice("a"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = (tmp_path / "n" / "2026-11-25.jsonl").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        with pytest.raises(NoRoom):
            sink.send(notice("b"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert lines(tmp_path / "n") == {"2026-11-25.jsonl": ["a"]}
    sink.send(notice("b"))
    assert lines(tmp_path / "n") == {"2026-11-25.jsonl": ["a", "b"]}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_kill_at_any_step_and_a_repeat_is_one_line(tmp_path: Path) -> None:
    for step in range(1, 30):
        folder = tmp_path / str(step)
        folder.mkdir()
        child = os.fork()
        if child == 0:
            try:
                left = [step]

                def counted(call, left=left):  # type: ignore[no-untyped-def]
                    def instead(*args, **kwargs):  # type: ignore[no-untyped-def]
                        left[0] -= 1
                        if left[0] == 0:
                            os.kill(os.getpid(), signal.SIGKILL)
                        return call(*args, **kwargs)

                    return instead

                for name in ("open", "write", "fsync", "mkdir", "close"):
                    setattr(os, name, counted(getattr(os, name)))
                sink = FileSink(folder / "n", ZONE)
                for id in ("a", "b"):
                    sink.send(notice(id))
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        sink = FileSink(folder / "n", ZONE)
        for id in ("a", "b"):
            sink.send(notice(id))
        assert lines(folder / "n") == {"2026-11-25.jsonl": ["a", "b"]}
        if not os.WIFSIGNALED(status):
            break
    assert step > 10


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=30))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_repeats_and_restarts_gives_each_message_once(
    tmp_path: Path, sent: list[tuple[str, bool]]
) -> None:
    for path in tmp_path.rglob("*.jsonl"):
        path.unlink()
    sink = FileSink(tmp_path / "n", ZONE)
    for id, restarted in sent:
        if restarted:
            sink = FileSink(tmp_path / "n", ZONE)
        sink.send(notice(id, NOON + DAY * (ord(id) % 2)))
    found = [id for ids in lines(tmp_path / "n").values() for id in ids]
    assert sorted(found) == sorted({id for id, _ in sent})


@pytest.mark.parametrize("kind", TEXTS)
def test_every_kind_says_who_what_and_what_to_do_and_masks_the_name(kind: str) -> None:
    made = message(
        kind,  # type: ignore[arg-type]
        id="1",
        case="DC2026-000001",
        to="0" * 32,
        at=NOON,
        name="张三丰",
        item="食品经营许可",
        due="2026-12-20",
        place="一层出件窗口",
        missing=("平面图", "健康证"),
    )
    for text in (made.zh, made.en):
        assert "张*" in text
        assert "三丰" not in text
        assert "DC2026-000001" in text
        assert "食品经营许可" in text
        assert "{" not in text
    assert ("平面图、健康证" in made.zh) == (kind in ("correction", "overdue"))


def test_a_name_is_masked_to_its_first_character() -> None:
    assert [masked(name) for name in ("张三丰", " 李", "John Smith", "")] == ["张*", "李*", "J*", "申请人"]
