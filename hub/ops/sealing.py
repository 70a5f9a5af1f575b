"""Backups that only the holder of a key can read: each file sealed on its own, in the age format (age-encryption.org).

The hub knows recipients (public keys) alone, so whoever takes the disk with the backups, or the server, can open none.
Plain copies stand for the time of the backup on the hub's own disk, never where the backup goes. A sealed backup holds
its plain manifest sealed too, and a manifest of its own over what lies there, so that it can be checked without a key.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyrage

from hub.ops.faults import BROKEN, CONFIG, Fault

END = ".age"
Recipient = pyrage.x25519.Recipient


def new_identity(file: Path) -> str:
    """Write a new key, readable by its owner alone, and return its recipient. Raises ``FileExistsError``."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as writing:
        writing.write(f"# public key: {recipient}\n{identity}\n")
        writing.flush()
        os.fsync(writing.fileno())
    return recipient


def recipients_of(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Raises ``Fault`` naming the one that is none."""
    found: list[pyrage.x25519.Recipient] = []
    for text in texts:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError:
            raise Fault(
                CONFIG,
                f"{text} 不是备份公钥，应以 age1 开头。",
                f"{text} is no public key for backups; it should begin with age1.",
            ) from None
    return found


def seal_file(source: Path, target: Path, recipients: Sequence[pyrage.x25519.Recipient]) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pyrage.encrypt_file(str(source), str(target), list(recipients))


def fingerprint(recipients: Sequence[str]) -> str:
    """16 hex that stand for who can open a backup; files sealed for others are not used again."""
    return hashlib.sha256("\n".join(sorted(recipients)).encode()).hexdigest()[:16]


def identities_in(file: Path) -> list[pyrage.x25519.Identity]:
    """Raises ``Fault`` when there is none in it, ``OSError``."""
    found: list[pyrage.x25519.Identity] = []
    for line in file.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            with contextlib.suppress(pyrage.IdentityError):
                found.append(pyrage.x25519.Identity.from_str(line.strip()))
    if not found:
        raise Fault(CONFIG, f"{file} 里没有备份私钥。", f"{file} holds no key for backups.")
    return found


def unseal_into(folder: Path, names: Sequence[str], target: Path, identity: Path) -> None:
    """Open every sealed file of a backup into ``target``, which is made anew. Raises ``Fault``, ``OSError``."""
    keys = identities_in(identity)
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(mode=0o700, parents=True)
    for name in names:
        plain = target / name.removesuffix(END)
        plain.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            pyrage.decrypt_file(str(folder / name), str(plain), keys)
        except pyrage.DecryptError as error:
            raise Fault(
                BROKEN,
                f"{name} 打不开：不是这把私钥的备份，或文件已损坏。",
                f"{name} does not open: it was sealed for another key, or is damaged ({error}).",
            ) from None
