import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.draft import Draft, DraftUnreadable
from hub.core.profile_file import ProfileFileInvalid, default_text, dump
from tests.domain.hall.halls import DEFAULT, WARSAW


class ProcessEndedError(Exception):
    """Stands for the end of the process."""


def killed_before_the_rename(new: Path, old: Path) -> None:
    assert new.stat().st_size > 0
    raise ProcessEndedError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.draft.json"


def test_there_is_no_draft_at_first(path: Path):
    with Draft(path) as draft:
        assert draft.load() is None
        assert draft.based_on() is None
        assert draft.problems() == []
        assert draft.export_text() is None
    assert not path.exists()


def test_a_draft_is_there_again_after_a_restart(path: Path):
    with Draft(path) as draft:
        draft.save(DEFAULT, based_on=3)
        draft.save(WARSAW, based_on=4)
    with Draft(path) as draft:
        assert draft.load() == WARSAW
        assert draft.based_on() == 4
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_crash_between_write_and_rename_leaves_the_old_draft(path: Path):
    with Draft(path) as draft:
        draft.save(DEFAULT, based_on=3)
    with Draft(path, killed_before_the_rename) as draft, pytest.raises(ProcessEndedError):
        draft.save(WARSAW, based_on=4)
    with Draft(path) as draft:
        assert draft.load() == DEFAULT
        draft.save(WARSAW)
        assert draft.load() == WARSAW
    assert [file.name for file in path.parent.iterdir()] == [path.name]


KILLED_PROCESS = """
import os, sys
from pathlib import Path
from hub.core.draft import Draft
from tests.domain.hall.halls import WARSAW

with Draft(Path(sys.argv[1]), lambda new, old: os._exit(9)) as draft:
    draft.save(WARSAW)
"""


def test_a_process_that_ends_before_the_rename_leaves_the_old_draft(path: Path):
    with Draft(path) as draft:
        draft.save(DEFAULT)
    here = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", KILLED_PROCESS, str(path)], cwd=here, timeout=60)
    assert ended.returncode == 9
    with Draft(path) as draft:
        assert draft.load() == DEFAULT


def test_the_file_is_on_the_disk_before_its_name_is(path: Path, monkeypatch: pytest.MonkeyPatch):
    order: list[str] = []
    sync = os.fsync

    def record_sync(fd: int) -> None:
        order.append("folder" if Path(f"/proc/self/fd/{fd}").resolve() == path.parent.resolve() else "file")
        sync(fd)

    def record_rename(new: Path, old: Path) -> None:
        order.append("rename")
        new.replace(old)

    monkeypatch.setattr(os, "fsync", record_sync)
    with Draft(path, record_rename) as draft:
        draft.save(DEFAULT)
    assert order == ["file", "rename", "folder"]


def test_a_full_disk_leaves_the_old_draft(path: Path):
    with Draft(path) as draft:
        draft.save(DEFAULT)

    def full(new: Path, old: Path) -> None:
        raise OSError(28, "No space left on device")

    with Draft(path, full) as draft:
        with pytest.raises(OSError, match="No space"):
            draft.save(WARSAW)
        assert draft.load() == DEFAULT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"draft": {"1": {"profile": {}}}}',
        b'{"draft": {"1": {"profile": 7}}}',
        b'{"draft": 3}',
        b'{"draft": {"1": 3}}',
    ],
)
def test_a_damaged_draft_is_told_and_can_be_replaced(path: Path, content: bytes):
    path.write_bytes(content)
    with Draft(path) as draft:
        with pytest.raises(DraftUnreadable, match=r"hall\.draft\.json"):
            draft.load()
        assert path.read_bytes() == content
        draft.save(DEFAULT)
        assert draft.load() == DEFAULT


def test_a_profile_file_goes_in_and_out(path: Path):
    with Draft(path) as draft:
        assert draft.import_text(default_text()) == DEFAULT
        assert draft.export_text() == dump(DEFAULT)


def test_a_file_that_is_no_profile_leaves_the_draft(path: Path):
    with Draft(path) as draft:
        draft.save(DEFAULT)
        with pytest.raises(ProfileFileInvalid):
            draft.import_text("windows = 3")
        assert draft.load() == DEFAULT


def test_an_unfinished_draft_is_kept_and_its_problems_are_told(path: Path):
    with Draft(path) as draft:
        draft.save(replace(DEFAULT, windows=DEFAULT.windows[1:]))
        assert [problem.path for problem in draft.problems()] == [f"devices[{n}].window" for n in (20, 78, 136)]


def test_a_discarded_draft_is_gone(path: Path):
    with Draft(path) as draft:
        draft.save(DEFAULT)
        draft.discard()
        assert draft.load() is None
