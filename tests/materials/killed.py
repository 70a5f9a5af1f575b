"""One upload from its beginning to a stored file, in a process killed at a step: a call that changes the disk."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from hub.materials.store import Store
from hub.materials.uploads import Limits, Uploads
from tests.materials.makers import pdf

CONTENT = pdf(3)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OWNER = "account/clerk"
AT = 1_800_000_000_000
CUTS = (0, 4000, 9000, len(CONTENT))


def opened(folder: Path) -> tuple[Store, Uploads]:
    store = Store(folder / "hall.files")
    uploads = Uploads(folder / "hall.uploads", store, Limits(reserve=0), lambda: AT)
    store.open()
    uploads.open()
    return store, uploads


def carry_on(uploads: Uploads, upload_id: str) -> None:
    """From wherever it stands to the end, in three chunks, the second with a checksum."""
    upload = uploads.find(upload_id, OWNER)
    stands = uploads.offset(upload)
    for begin, end in pairwise(CUTS):
        piece = CONTENT[max(begin, stands) : end]
        if not piece or upload.result is not None:
            continue
        checksum = ("sha256", hashlib.sha256(piece).digest()) if begin == CUTS[1] else None
        chunk = uploads.chunk(upload, max(begin, stands), checksum)
        for at in range(0, len(piece), 2000):
            chunk.write(piece[at : at + 2000])
        chunk.settle()
    uploads.finish(upload)


def count_down(step: int) -> None:
    """Kill this process before its ``step``th call that changes the disk."""
    left = [step]

    def counted(call: Callable[..., object]) -> Callable[..., object]:
        def instead(*args: object, **kwargs: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return instead

    for name in ("open", "write", "fsync", "replace", "mkdir", "unlink", "ftruncate", "truncate"):
        setattr(os, name, counted(getattr(os, name)))


def killed_at(folder: Path, step: int) -> bool:
    """Do it all in a child that is killed before its ``step``th step; False when it had fewer."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            count_down(step)
            _, mine = opened(folder)
            carry_on(mine, mine.create(OWNER, len(CONTENT), "营业执照.pdf", SHA256).id)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)
