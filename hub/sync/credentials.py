"""What a hub proves itself with on the line, and what it believes the online hall by: the files that are there.

Beside the log unless the settings name others (``docs/sync-trust.md``). A file that is renewed is taken with the next
request. Without a signing key nothing is signed and no answer need be: for trials on one machine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from hub.settings import SyncSettings
from hub.sync.challenge import Challenges
from hub.sync.identity import IdentityFile
from hub.sync.keyring import KeyRing
from hub.sync.line import HttpLine, Tls
from hub.sync.signed_app import App, SignedApp
from hub.sync.signed_line import SignedLine
from hub.sync.signing import AnswerSigner, AnswerVerifier, Signer, Verified, Verifier
from hub.sync.trust_paths import TrustPaths


class Credentials(msgspec.Struct, frozen=True):
    """Absolute paths; empty: there is none. ``online``: the keys of the online hall."""

    signing: str = ""
    online: str = ""
    certificate: str = ""
    key: str = ""
    ca: str = ""

    @classmethod
    def of(cls, settings: SyncSettings, log: Path) -> Credentials:
        beside = TrustPaths.of(log)
        own = settings.certificate is not None
        return cls(
            _there(settings.signing_key, beside.signing),
            str(beside.online.absolute()),
            _there(settings.certificate, beside.pair),
            _there(settings.key, None) if own else "",
            _there(settings.ca, beside.ca),
        )

    def pair(self) -> Path | None:
        """The file of certificate and key, None without one or where the two lie apart."""
        return Path(self.certificate) if self.certificate and self.key in ("", self.certificate) else None


def line_to(
    url: str, credentials: Credentials, epoch: str, heard: Callable[[Verified], None] | None = None
) -> HttpLine:
    """The real line; its files are read when it first connects, and again when one changed. ``heard`` as of
    ``SignedLine``."""
    tls = Tls(_path(credentials.ca), _path(credentials.certificate), _path(credentials.key))
    if not credentials.signing:
        return HttpLine(url, tls)
    signer = Signer(IdentityFile(Path(credentials.signing)), lambda: epoch)
    return HttpLine(url, tls, SignedLine(signer, AnswerVerifier(KeyRing(Path(credentials.online))), heard))


def guarded(app: App, credentials: Credentials) -> App:
    """In front of what the hub serves: only requests that a key of the online hall signed come in."""
    verifier = Verifier(KeyRing(Path(credentials.online)), Challenges())
    signer = AnswerSigner(IdentityFile(Path(credentials.signing)))
    return SignedApp(app, verifier, signer, owns=lambda _verified, _path: True)


def _there(named: Path | None, beside: Path | None) -> str:
    if named is not None:
        return str(named.absolute())
    return str(beside.absolute()) if beside is not None and beside.exists() else ""


def _path(text: str) -> Path | None:
    return Path(text) if text else None
