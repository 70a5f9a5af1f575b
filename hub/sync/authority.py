"""The authority's folder: its key, what it issued and what it revoked. For the city, on a machine that it guards.

``ca.pem`` and ``ca.key``; ``issued.json``; ``crl.pem``, written anew at each revocation; certificates as
``{name}.pem``, with their key in the same file where it was made here.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hub.sync.certificates import (
    AUTHORITY_DAYS,
    HALL_DAYS,
    BadCertificate,
    certificate_of,
    issue_hall,
    issue_server,
    new_authority,
    new_private,
    pem,
    private_of,
    private_pem,
    request_of,
    revocation_list,
)
from hub.sync.identity import sync_folder, write_private

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Issued(msgspec.Struct, frozen=True):
    """``serial`` in hex, times in RFC 3339; ``revoked`` empty: not. ``server``: it is the receiver's, not a hall's."""

    name: str
    serial: str
    until: datetime
    server: bool = False
    revoked: datetime | None = None


class Authority:
    """Of an existing folder. Raises ``FileNotFoundError``, ``BadCertificate``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = certificate_of((folder / "ca.pem").read_bytes())
        self._key = private_of((folder / "ca.key").read_bytes())

    @classmethod
    def begin(cls, folder: Path, name: str, at: datetime, days: int = AUTHORITY_DAYS) -> Authority:
        """Raises ``FileExistsError`` where one is already."""
        key = new_private()
        write_private(folder / "ca.key", private_pem(key))
        (folder / "ca.pem").write_bytes(pem(new_authority(name, key, at, days)))
        made = cls(folder)
        made._write([], at)
        return made

    def issued(self) -> list[Issued]:
        return msgspec.json.decode((self._folder / "issued.json").read_bytes(), type=list[Issued])

    def issue(self, hall: str, at: datetime, days: int = HALL_DAYS) -> Path:
        """The path of a key and a certificate for ``hall``, in one file, to be carried to it."""
        key = new_private()
        certificate = self._for_hall(hall, key.public_key(), at, days)
        return self._keep(hall, certificate, key, at, server=False)

    def sign(self, request: bytes, at: datetime, days: int = HALL_DAYS, *, hall: str = "") -> Path:
        """A certificate for a hall's request, whose key stays there. ``hall``: whose it must be, if that is known."""
        named, key = request_of(request)
        if hall and named != hall:
            raise BadCertificate(f"申请写的是 {named}，不是 {hall} / the request is of {named}, not {hall}")
        return self._keep(named, self._for_hall(named, key, at, days), None, at, server=False)

    def serve(self, hosts: list[str], at: datetime, days: int = HALL_DAYS) -> Path:
        """The path of a key and a certificate for the receiver, in one file."""
        key = new_private()
        certificate = issue_server(hosts, key.public_key(), self.certificate, self._key, at, days)
        return self._keep("server", certificate, key, at, server=True)

    def revoke(self, name: str, at: datetime) -> list[Issued]:
        """Every certificate of ``name`` that is not revoked yet. Raises ``BadCertificate`` where there is none."""
        with self._change(at) as issued:
            gone = [each for each in issued if each.name == name and each.revoked is None]
            if not gone:
                raise BadCertificate(f"没有 {name} 的有效证书 / there is no certificate of {name} to revoke")
            issued[:] = [msgspec.structs.replace(each, revoked=at) if each in gone else each for each in issued]
            return gone

    def _for_hall(self, hall: str, key: ec.EllipticCurvePublicKey, at: datetime, days: int) -> x509.Certificate:
        if not _NAME.fullmatch(hall) or hall in ("ca", "crl", "server"):
            raise BadCertificate(f"{hall!r} 不能作大厅编号 / {hall!r} is no id of a hall")
        return issue_hall(hall, key, self.certificate, self._key, at, days)

    def _keep(
        self,
        name: str,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey | None,
        at: datetime,
        *,
        server: bool,
    ) -> Path:
        serial = f"{certificate.serial_number:x}"
        # recorded first: what was issued can always be revoked
        with self._change(at) as issued:
            issued.append(Issued(name, serial, certificate.not_valid_after_utc, server))
        path = self._folder / f"{name}.pem"
        path.unlink(missing_ok=True)
        write_private(path, pem(certificate) + (b"" if key is None else private_pem(key)))
        return path

    @contextmanager
    def _change(self, at: datetime) -> Generator[list[Issued]]:
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            issued = self.issued()
            yield issued
            self._write(issued, at)

    def _write(self, issued: list[Issued], at: datetime) -> None:
        revoked = {int(each.serial, 16): each.revoked for each in issued if each.revoked is not None}
        lists = {
            "crl.pem": pem(revocation_list(revoked, self.certificate, self._key, at)),
            "issued.json": msgspec.json.format(msgspec.json.encode(issued), indent=1),
        }
        for name, content in lists.items():
            fresh = self._folder / f"{name}.new"
            fresh.write_bytes(content)
            fresh.replace(self._folder / name)
        sync_folder(self._folder)
