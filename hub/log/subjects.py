"""Subjects: the keyed hashes by which people are found without keeping who they are."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from pathlib import Path
from typing import Final

SECRET_BYTES: Final = 32

_NOISE: Final = re.compile(r"[\s\-().]")
_CHINA: Final = re.compile(r"(?:\+86|0086)(?=1[3-9]\d{9}$)")


class Subjects:
    """Keyed hashes under a hall's secret: 32 hex characters, the same for the same person, useless without it."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"the secret has {len(secret)} bytes, not {SECRET_BYTES}")
        self._secret = secret

    def of_phone(self, number: str) -> str:
        """Blanks, dashes and China's prefix make no other person: ``+86 138-0000-1111`` is ``13800001111``."""
        return self._hash(b"phone", _CHINA.sub("", _NOISE.sub("", number)))

    def of_id(self, number: str) -> str:
        """An identity number (GB 11643: 17 digits and a digit or X)."""
        return self._hash(b"id", _NOISE.sub("", number).upper())

    def fingerprint(self, body: bytes) -> bytes:
        """16 bytes that stand for a body which may hold personal values: a plain hash of a phone could be guessed."""
        return blake2b(body, digest_size=16, key=self._secret, person=b"body").digest()

    def proof(self, document: bytes) -> bytes:
        """16 bytes that only this hall can make for a document, so that what it gave out can be told from forgeries.

        The secret outlives every other key of the hall, as papers outlive the machine that printed them.
        """
        return blake2b(document, digest_size=16, key=self._secret, person=b"proof").digest()

    def _hash(self, kind: bytes, value: str) -> str:
        return blake2b(value.encode(), digest_size=16, key=self._secret, person=kind).hexdigest()


def load_secret(path: Path, *, begun: bool = False) -> bytes:
    """The hall's secret, readable by its owner only, on the disk before it is returned.

    It belongs into a backup of its own: without it nobody is found again, with it phones can be guessed. One is made
    when there is none and the log has not ``begun``. Raises ``ValueError`` when the file holds something else, or is
    gone though the log has begun: a new one would find nobody whom the old one knew.
    """
    if not path.exists():
        if begun:
            raise ValueError(
                f"没有 {path}，日志却已有内容。请从备份恢复它。"
                f"{path} is gone, but the log has entries. Restore it from a backup."
            )
        _make(path)
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise ValueError(
            f"{path} 应为 {SECRET_BYTES} 字节，请从备份恢复。"
            f"{path} must hold {SECRET_BYTES} bytes. Restore it from a backup."
        )
    return secret


def _make(path: Path) -> None:
    """Written whole under another name first: a crash leaves no half of a secret."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, os.urandom(SECRET_BYTES))
        os.fsync(file)
    finally:
        os.close(file)
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
