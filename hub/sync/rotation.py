"""A hall changes its signing key over the line: the old key signs the announcement, the new one proves itself in it.

Both count while they overlap, so that no request of either is lost. The steps on the hub's disk can be repeated after a
kill at any point: the new key lies beside the old one until the receiver has said that it knows it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature

from hub.sync.identity import (
    BadKey,
    Identity,
    keyid_of,
    load_identity,
    new_identity,
    public_key,
    save_identity,
    sync_folder,
)
from hub.sync.keyring import KeyRing, RingKey
from hub.sync.protocol import ROOT, UNREADABLE, Problem
from hub.sync.signed_message import Distrusted
from hub.sync.signing import Verified

Call = Callable[[str, str, bytes, str], Awaitable[tuple[int, bytes]]]
"""Method, path below the receiver's address, body and its type to status and body, signed and believed both ways."""

OVERLAP_MS = 7 * 24 * 3600 * 1000


class NewKey(msgspec.Struct, frozen=True):
    """Body of ``PUT /sync/v1/halls/{hall}/keys/{keyid}``. ``proof``: base64, by the new key, of ``_proved``."""

    public: str
    proof: str


class KeyTaken(msgspec.Struct, frozen=True):
    """The receiver knows ``keyid``; ``retired``: until when, in ms, the key that announced it counts."""

    keyid: str
    retired: int


def announcement(hall: str, new: Identity) -> NewKey:
    return NewKey(new.public, b64encode(new.private.sign(_proved(hall, new.keyid))).decode())


def announced(ring: KeyRing, verified: Verified, hall: str, keyid: str, body: bytes, at: int) -> KeyTaken:
    """Takes an announcement that ``verified`` signed; again, with the same answer. Raises ``Distrusted``."""
    try:
        new = msgspec.json.decode(body, type=NewKey)
        key = public_key(new.public)
        proof = b64decode(new.proof, validate=True)
    except (*UNREADABLE, ValueError) as error:
        raise Distrusted("unreadable", str(error)) from error
    if verified.owner != hall:
        raise Distrusted("not-yours", f"signed by {verified.owner}")
    if keyid != keyid_of(key):
        raise Distrusted("unreadable", "the key has another id")
    if keyid == verified.keyid:
        # a hub that repeats itself after the change is over
        return KeyTaken(keyid, 0)
    try:
        key.verify(proof, _proved(hall, keyid))
    except InvalidSignature as error:
        raise Distrusted("unsigned", "the new key has not signed its announcement") from error
    try:
        ring.add(hall, new.public, at, by=verified.keyid)
        ring.retire(verified.keyid, at + OVERLAP_MS)
    except BadKey as error:
        raise Distrusted("not-yours", str(error)) from error
    return KeyTaken(keyid, _until(ring.keys(hall), verified.keyid))


class KeyChange:
    """The hub's files of a change: ``path`` holds the key in use, ``{path}.next`` the one to come, ``{path}.old``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = path.with_name(f"{path.name}.next")
        self._old = path.with_name(f"{path.name}.old")

    def begin(self) -> Identity:
        """The key to announce: the one that a change before this left, else a new one."""
        try:
            return load_identity(self._next)
        except FileNotFoundError:
            new = new_identity()
            save_identity(new, self._next)
            return new

    def finish(self) -> None:
        """Once the receiver has answered: the new key is the one in use."""
        self._old.unlink(missing_ok=True)
        self._old.hardlink_to(self._path)
        self._next.replace(self._path)
        sync_folder(self._path.parent)


class NotRenewed(Exception):
    """The receiver would not; ``status``, and ``code`` of its problem, empty without one."""

    def __init__(self, status: int, said: bytes) -> None:
        super().__init__(f"{status} {said[:300].decode(errors='replace')}")
        self.status = status
        self.code = _code(said)


def _code(said: bytes) -> str:
    try:
        return msgspec.json.decode(said, type=Problem).code
    except UNREADABLE:
        return ""


async def change_key(call: Call, hall: str, path: Path) -> KeyTaken:
    """Announces a new key and puts it in place of the one in ``path``. Whatever fails, it can be called again.

    Raises ``NotRenewed``.
    """
    change = KeyChange(path)
    new = change.begin()
    body = msgspec.json.encode(announcement(hall, new))
    status, said = await call("PUT", f"{ROOT}/halls/{hall}/keys/{new.keyid}", body, "application/json")
    if status != 200:
        raise NotRenewed(status, said)
    change.finish()
    return msgspec.json.decode(said, type=KeyTaken)


def _proved(hall: str, keyid: str) -> bytes:
    return f"hallhub-key-1 {hall} {keyid}".encode()


def _until(keys: list[RingKey], keyid: str) -> int:
    return next((key.until for key in keys if key.keyid == keyid), 0)
