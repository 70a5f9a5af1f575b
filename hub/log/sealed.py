"""Sealed values: one personal field as it lies in an entry, bound to its place."""

from __future__ import annotations

import os
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """A sealed value was changed, or moved to another stream, type, field or subject."""


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """``{"subject", "value": null, "key", "sealed"}``: reads back as a ``Personal`` without its value.

    ``key`` is the number of the key it is sealed under; ``sealed`` is nonce ‖ AES-256-GCM ciphertext, in base64.
    """

    subject: str
    key: int
    sealed: bytes
    value: None = None


def bound(stream: str, type: str, field: str, subject: str) -> bytes:
    """The place a value is sealed into; it opens nowhere else."""
    return "\0".join((stream, type, field, subject)).encode()


def seal(cipher: AESGCM, clear: str, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, clear.encode(), place)


def unseal(cipher: AESGCM, box: bytes, place: bytes) -> str:
    """Raises ``SealBroken``."""
    try:
        return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], place).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("a sealed value does not fit its place") from error


def sealed_in(data: bytes) -> dict[str, Sealed]:
    """The sealed fields of an entry's data, by name."""
    if b'"sealed"' not in data:
        return {}
    found: dict[str, Sealed] = {}
    for name, raw in _fields.decode(data).items():
        if b'"sealed"' in bytes(raw):
            try:
                found[name] = _sealed.decode(raw)
            except msgspec.ValidationError:
                continue  # a text that happens to hold the word
    return found


_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_sealed: Final = msgspec.json.Decoder(Sealed)
