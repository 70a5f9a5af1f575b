"""Uploads: whose they are, how far they came, and what becomes of those that nobody finishes."""

from __future__ import annotations

import hashlib
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.refusals import Refused
from hub.log.entry import NoRoom
from hub.materials.store import Store
from hub.materials.uploads import MOST_OPEN, RECEIPT_MS, UNFINISHED_MS, Limits, Upload, Uploads
from tests.materials.makers import PE, TAKEN

ME, OTHER = "account/clerk", "token/abc"
PDF = TAKEN["pdf"]
SHA256 = hashlib.sha256(PDF).hexdigest()


class Time:
    at = 1_800_000_000_000

    def __call__(self) -> int:
        return self.at


def opened(folder: Path, time: Time | None = None, limits: Limits | None = None) -> Uploads:
    store = Store(folder / "hall.files")
    store.open()
    uploads = Uploads(folder / "hall.uploads", store, limits or Limits(reserve=0), time or Time())
    uploads.open()
    return uploads


def send(uploads: Uploads, upload: Upload, content: bytes, offset: int = 0) -> int:
    chunk = uploads.chunk(upload, offset)
    chunk.write(content)
    return chunk.settle()


def stored(folder: Path) -> list[str]:
    return list(Store(folder / "hall.files").all())


def test_an_upload_becomes_a_stored_file_and_a_receipt(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, len(PDF), "../../营业执照.pdf", SHA256)
    send(uploads, upload, PDF)
    result = uploads.finish(upload)
    assert (result.sha256, result.size, result.kind) == (SHA256, len(PDF), "pdf")
    again = opened(tmp_path)
    found = again.find(upload.id, ME)
    assert (found.result, found.name, again.offset(found)) == (result, "营业执照.pdf", len(PDF))
    assert again.finish(found) == result
    assert again.uploaded(ME, SHA256)
    assert not again.uploaded(OTHER, SHA256)


def test_only_who_began_it_may_go_on(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, 10, "a")
    for wrong in (upload.id[:-1] + "x", "../" + upload.id, "", "0" * 32):
        with pytest.raises(Refused, match="unknown-upload"):
            uploads.find(wrong, ME)
    with pytest.raises(Refused, match="unknown-upload"):
        uploads.find(upload.id, OTHER)


def test_limits_are_told_before_a_byte_is_taken(tmp_path: Path) -> None:
    uploads = opened(tmp_path, limits=Limits(file=1000, reserve=0))
    with pytest.raises(Refused, match="file-too-large") as refused:
        uploads.create(ME, 2 * 1024**3, "a.pdf")
    assert refused.value.facts == {"limit": 1000, "size": 2 * 1024**3}
    with pytest.raises(Refused, match="file-empty"):
        uploads.create(ME, 0, "a.pdf")
    with pytest.raises(Refused, match="bad-value"):
        uploads.create(ME, 1, "a.pdf", "no hash")
    for _ in range(MOST_OPEN):
        uploads.create(ME, 1, "a")
    with pytest.raises(Refused, match="too-many-uploads"):
        uploads.create(ME, 1, "a")
    uploads.create(OTHER, 1, "a")


def test_more_than_was_announced_is_refused_while_it_comes(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, 10, "a")
    chunk = uploads.chunk(upload, 0)
    chunk.write(b"12345")
    with pytest.raises(Refused, match="upload-too-long"):
        chunk.write(b"678901")
    assert chunk.leave() == 5


def test_a_chunk_begins_where_the_upload_stands(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, 10, "a")
    send(uploads, upload, b"1234")
    for wrong in (0, 3, 5):
        with pytest.raises(Refused, match="upload-offset") as refused:
            uploads.chunk(upload, wrong)
        assert refused.value.facts == {"offset": 4}


def test_two_at_once_on_one_upload_are_one(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, 10, "a")
    with uploads.busy(upload):
        with pytest.raises(Refused, match="upload-busy"), uploads.busy(upload):
            pass
        with pytest.raises(Refused, match="upload-busy"):
            uploads.drop(upload)
    uploads.drop(upload)
    assert list((tmp_path / "hall.uploads").iterdir()) == []


def test_a_chunk_with_a_wrong_checksum_leaves_nothing(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, 10, "a")
    send(uploads, upload, b"12")
    chunk = uploads.chunk(upload, 2, ("sha1", hashlib.sha1(b"345").digest()))
    chunk.write(b"346")
    with pytest.raises(Refused, match="bad-checksum"):
        chunk.settle()
    chunk.leave()
    assert uploads.offset(upload) == 2


def test_a_chunk_with_a_checksum_that_broke_off_does_not_count(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, 10, "a")
    send(uploads, upload, b"12")
    chunk = uploads.chunk(upload, 2, ("sha1", hashlib.sha1(b"345").digest()))
    chunk.write(b"34")
    assert uploads.offset(upload) == 2
    after = opened(tmp_path)  # as after a kill
    assert after.offset(after.find(upload.id, ME)) == 2
    assert (tmp_path / "hall.uploads" / f"{upload.id}.part").read_bytes() == b"12"


@pytest.mark.parametrize(
    ("content", "promised", "code"),
    [(PDF, "0" * 64, "wrong-hash"), (PE, "", "file-executable"), (PDF[:-50], "", "file-damaged")],
)
def test_a_file_that_is_refused_at_its_end_is_gone(tmp_path: Path, content: bytes, promised: str, code: str) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, len(content), "a.pdf", promised)
    send(uploads, upload, content)
    with pytest.raises(Refused, match=code):
        uploads.finish(upload)
    with pytest.raises(Refused, match="unknown-upload"):
        uploads.find(upload.id, ME)
    assert list((tmp_path / "hall.uploads").iterdir()) == []
    assert stored(tmp_path) == []


def test_what_nobody_finishes_expires_and_so_does_a_receipt_counted_from_its_end(tmp_path: Path) -> None:
    time = Time()
    uploads = opened(tmp_path, time)
    done = uploads.create(ME, len(PDF), "a.pdf")
    send(uploads, done, PDF)
    uploads.finish(done)
    time.at += 1
    left = uploads.create(ME, 10, "a")
    later = uploads.create(ME, len(PDF), "b.pdf")
    time.at += UNFINISHED_MS - 1
    send(uploads, later, PDF)
    uploads.finish(later)
    time.at += 1
    with pytest.raises(Refused, match="upload-expired"):
        uploads.find(left.id, ME)
    assert uploads.sweep() == 2
    assert uploads.uploaded(ME, SHA256)
    time.at += RECEIPT_MS
    opened(tmp_path, time)
    assert list((tmp_path / "hall.uploads").iterdir()) == []
    assert stored(tmp_path) == [SHA256]


def test_uploads_leave_room_for_the_log(tmp_path: Path) -> None:
    uploads = opened(tmp_path, limits=Limits(reserve=2**62))
    with pytest.raises(NoRoom):
        uploads.create(ME, 10, "a")
    assert list((tmp_path / "hall.uploads").iterdir()) == []


def test_a_disk_that_fills_up_keeps_what_was_whole_and_goes_on_later(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, len(PDF), "a.pdf")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, hard))
    try:
        chunk = uploads.chunk(upload, 0)
        chunk.write(PDF[:1000])
        with pytest.raises(NoRoom):
            chunk.write(PDF[1000:])
        assert chunk.leave() == 1000
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert uploads.offset(upload) == 1000
    send(uploads, upload, PDF[1000:], 1000)
    assert uploads.finish(upload).sha256 == SHA256


def test_strangers_in_the_folder_are_swept(tmp_path: Path) -> None:
    uploads = opened(tmp_path)
    for name in ("x.part", "y.json", "z.json.new"):
        (tmp_path / "hall.uploads" / name).write_bytes(b"{")
    uploads.open()
    assert list((tmp_path / "hall.uploads").iterdir()) == []


@given(cuts=st.lists(st.integers(0, len(PDF)), max_size=8), breaks=st.lists(st.booleans(), max_size=10))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_it_is_cut_and_broken_off_the_file_is_the_same(
    tmp_path: Path, cuts: list[int], breaks: list[bool]
) -> None:
    uploads = opened(tmp_path)
    upload = uploads.create(ME, len(PDF), "a.pdf", SHA256)
    pending = list(breaks)
    for end in [*sorted(cuts), len(PDF)]:
        stands = uploads.offset(upload)
        chunk = uploads.chunk(upload, stands)
        chunk.write(PDF[stands:end])
        if pending and pending.pop():
            chunk.leave(sync=False)
            uploads = opened(tmp_path)
            upload = uploads.find(upload.id, ME)
        else:
            chunk.settle()
    assert uploads.finish(upload).sha256 == SHA256
    uploads.drop(uploads.find(upload.id, ME))
