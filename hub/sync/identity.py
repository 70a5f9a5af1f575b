"""The signing key of a hall, or of the online hall: an Ed25519 key in a file that only its owner reads."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PRIVATE = 0o600


class BadKey(ValueError):
    """What was given is no Ed25519 key, or a key file that others may read."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever holds ``private`` signs as ``keyid``."""

    keyid: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key as it is handed over: 44 characters of base64."""
        return public_text(self.private.public_key())


def new_identity() -> Identity:
    return _identity(Ed25519PrivateKey.generate())


def load_identity(path: Path) -> Identity:
    """Raises ``FileNotFoundError``, ``BadKey``."""
    if path.stat().st_mode & 0o077:
        raise BadKey(f"{path} 可被他人读取，请 chmod 600 / others may read {path}: chmod 600 it")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(f"{path} 不是密钥文件 / {path} is no private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} 不是 Ed25519 密钥 / {path} is no Ed25519 key")
    return _identity(key)


class IdentityFile:
    """The key in the file ``path``, read again when it has changed. Raises as ``load_identity``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._identity: Identity | None = None

    def __call__(self) -> Identity:
        found = self._path.stat()
        stamp = (found.st_mtime_ns, found.st_ino)
        if self._identity is None or stamp != self._stamp:
            self._identity, self._stamp = load_identity(self._path), stamp
        return self._identity


def save_identity(identity: Identity, path: Path) -> None:
    """On disk when this returns. Raises ``FileExistsError``: a key is never written over."""
    write_private(path, identity.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def write_private(path: Path, content: bytes) -> None:
    """A new file that only its owner reads, synced with its folder. Raises ``FileExistsError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(made, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Names made, moved or removed in ``folder`` are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def public_text(key: Ed25519PublicKey) -> str:
    return b64encode(key.public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Of base64 of the 32 bytes, or of PEM. Raises ``BadKey``."""
    try:
        if text.lstrip().startswith("-----BEGIN"):
            key = load_pem_public_key(text.encode())
            if isinstance(key, Ed25519PublicKey):
                return key
            raise BadKey("不是 Ed25519 公钥 / no Ed25519 public key")
        return Ed25519PublicKey.from_public_bytes(b64decode(text.strip(), validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey(f"公钥读不懂 / the public key cannot be read: {error}") from error


def keyid_of(key: Ed25519PublicKey) -> str:
    """The first 16 bytes of SHA-256 of the raw public key, in hex: a key's name follows from the key."""
    return sha256(key.public_bytes_raw()).hexdigest()[:32]


def _identity(private: Ed25519PrivateKey) -> Identity:
    return Identity(keyid_of(private.public_key()), private)
