"""Files by content: whole or not there, one for the same content, and damage is told."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.domain.refusals import Refused
from hub.log.entry import NoRoom
from hub.materials.store import Store
from tests.materials.killed import CONTENT, OWNER, SHA256, carry_on, killed_at, opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "hall.files")
    made.open()
    return made


def files_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash_and_the_same_content_is_one_file(store: Store) -> None:
    one = store.put([b"hello ", b"world"], limit=100)
    two = store.put([b"hello world"], limit=100)
    assert one == two
    assert one.sha256 == hashlib.sha256(b"hello world").hexdigest()
    assert files_under(store.root) == [store.root / one.sha256[:2] / one.sha256[2:]]
    assert b"".join(store.pieces(one.sha256)) == b"hello world"
    assert store.verify(one.sha256) == 11
    assert list(store.all()) == [one.sha256]


def test_the_same_content_from_many_at_once_is_one_file(store: Store) -> None:
    content = os.urandom(300_000)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: store.put([content], limit=10**6).sha256, range(24)))
    assert len(found) == 1
    assert len(files_under(store.root)) == 1


def test_damage_and_loss_are_told(store: Store) -> None:
    name = store.put([b"x" * 1000], limit=1000).sha256
    place = store.place(name)
    place.write_bytes(b"x" * 999 + b"y")
    with pytest.raises(Refused, match="file-damaged-here"):
        store.verify(name)
    place.unlink()
    for look in (store.verify, store.read, lambda sha256: list(store.pieces(sha256))):
        with pytest.raises(Refused, match="unknown-file"):
            look(name)


def test_a_damaged_file_is_mended_when_its_content_comes_again(store: Store) -> None:
    name = store.put([b"x" * 1000], limit=1000).sha256
    store.place(name).write_bytes(b"")
    store.put([b"x" * 1000], limit=1000)
    assert store.verify(name) == 1000


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "/" * 64])
def test_what_is_no_hash_names_no_file(store: Store, name: str) -> None:
    with pytest.raises(Refused, match="unknown-file"):
        store.place(name)


def test_a_stream_without_end_is_refused_and_leaves_nothing(store: Store) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1000)

    with pytest.raises(Refused, match="file-too-large"):
        store.put(endless(), limit=10_500)
    assert files_under(store.root) == []


def test_a_full_disk_is_no_room_and_leaves_nothing(store: Store) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))
    try:
        with pytest.raises(NoRoom):
            store.put([bytes(4000), bytes(4000)], limit=10**6)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert files_under(store.root) == []


def test_a_disk_that_is_really_full_is_no_room_until_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk needs the right to mount one")
    try:
        store = Store(disk / "hall.files")
        store.open()
        with pytest.raises(NoRoom):
            store.put([bytes(700_000), bytes(700_000)], limit=10**7)
        assert files_under(disk) == []
        assert store.verify(store.put([bytes(700_000)], limit=10**7).sha256) == 700_000
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_half_written_files_are_swept_at_the_next_start(store: Store) -> None:
    (store.root / "partial" / "left").write_bytes(b"half")
    Store(store.root).open()
    assert files_under(store.root) == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_kill_at_any_step_of_an_upload_loses_nothing_and_leaves_nothing_half(tmp_path: Path) -> None:
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        alive = not killed_at(folder, step)
        store, uploads = opened(folder)
        for name in store.all():
            store.verify(name)
        known = [path.stem for path in (folder / "hall.uploads").glob("*.json")]
        if not known:
            known = [uploads.create(OWNER, len(CONTENT), "a.pdf", SHA256).id]
        (only,) = known
        stands = uploads.offset(uploads.find(only, OWNER))
        part = folder / "hall.uploads" / f"{only}.part"
        if part.exists():
            assert part.read_bytes() == CONTENT[:stands]
        carry_on(uploads, only)
        assert list(store.all()) == [SHA256]
        assert store.verify(SHA256) == len(CONTENT)
        assert [path.name for path in files_under(folder / "hall.uploads")] == [f"{only}.json"]
        assert files_under(folder / "hall.files" / "partial") == []
        if alive:
            break
    assert step > 30
