"""The keys that the receiver knows: of each hall several, each with the time from and until which it counts.

One JSON file, written anew at each change and read again when it has changed, so that a command takes effect beside a
running receiver. The hub keeps the online hall's keys in the same way.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hub.sync.identity import BadKey, keyid_of, public_key, public_text, sync_folder
from hub.sync.signed_message import Known


class RingKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of ``hall``. Times in ms; ``until`` and ``revoked`` 0: not. ``by``: the key that announced it."""

    hall: str
    keyid: str
    public: str
    since: int
    until: int = 0
    revoked: int = 0
    by: str = ""

    def problem(self, at: int) -> str:
        """Why the key does not count at ``at``; ``""`` where it does."""
        if self.revoked:
            return f"key {self.keyid} of {self.hall} is revoked"
        if at < self.since:
            return f"key {self.keyid} of {self.hall} counts later"
        if self.until and at >= self.until:
            return f"key {self.keyid} of {self.hall} is retired"
        return ""


class KeyRing:
    """The keys in the file ``path``, which need not exist. Raises ``BadKey`` for a file that cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, RingKey] = {}

    def find(self, keyid: str, at: int) -> Known | None:
        key = self._read().get(keyid)
        return None if key is None else Known(key.hall, public_key(key.public), key.problem(at))

    def keys(self, hall: str = "") -> list[RingKey]:
        """Of ``hall``, or of all; oldest first."""
        found = [key for key in self._read().values() if hall in ("", key.hall)]
        return sorted(found, key=lambda key: (key.hall, key.since, key.keyid))

    def add(self, hall: str, public: str, at: int, *, by: str = "", until: int = 0) -> RingKey:
        """Knows a key from ``at`` on; one that is known already stays as it is.

        Raises ``BadKey`` for what is no key, or one of another hall or revoked.
        """
        key = public_key(public)
        keyid = keyid_of(key)
        made = RingKey(hall=hall, keyid=keyid, public=public_text(key), since=at, until=until, by=by)
        with self._change() as keys:
            known = keys.get(keyid)
            if known is not None and (known.hall != hall or known.revoked):
                raise BadKey(f"{keyid} 属于 {known.hall} 或已吊销 / is of {known.hall}, or revoked")
            return keys.setdefault(keyid, made)

    def retire(self, keyid: str, until: int) -> None:
        """The key counts until ``until`` at most. Raises ``BadKey`` for one that is not known."""
        with self._change() as keys:
            key = _known(keys, keyid)
            if not key.until or until < key.until:
                keys[keyid] = msgspec.structs.replace(key, until=until)

    def revoke(self, hall: str, keyid: str, at: int) -> list[RingKey]:
        """Revokes a key, and every key that it announced, and so on: a thief may have announced them."""
        with self._change() as keys:
            if _known(keys, keyid).hall != hall:
                raise BadKey(f"{keyid} 不是 {hall} 的密钥 / is no key of {hall}")
            gone = {keyid}
            while found := {key.keyid for key in keys.values() if key.by in gone} - gone:
                gone |= found
            for each in gone:
                keys[each] = msgspec.structs.replace(keys[each], revoked=keys[each].revoked or at)
            return [keys[each] for each in sorted(gone)]

    def _read(self) -> dict[str, RingKey]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._keys = None, {}
            return self._keys
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp != self._stamp:
            try:
                read = msgspec.json.decode(self._path.read_bytes(), type=list[RingKey])
            except msgspec.MsgspecError as error:
                raise BadKey(f"{self._path} 读不懂 / cannot be read: {error}") from error
            self._keys = {key.keyid: key for key in read}
            self._stamp = stamp
        return self._keys

    @contextmanager
    def _change(self) -> Generator[dict[str, RingKey]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = dict(self._read())
            yield keys
            fresh = self._path.with_suffix(".new")
            with fresh.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(list(keys.values())), indent=1))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            sync_folder(self._path.parent)


def _known(keys: dict[str, RingKey], keyid: str) -> RingKey:
    if keyid not in keys:
        raise BadKey(f"没有密钥 {keyid} / there is no key {keyid}")
    return keys[keyid]
