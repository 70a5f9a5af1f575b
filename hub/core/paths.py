"""Where a hub keeps what: everything lies beside the log, named after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

TRUST: Final = ("signing.pem", "online-keys.json", "line.pem", "city-ca.pem")
"""What the online hall knows the hall by, and the hall it (``hub.sync.trust_paths``)."""


def trust_files(log: Path) -> tuple[Path, ...]:
    """Beside ``log``, in the order of ``TRUST``."""
    return tuple(log.with_name(f"{log.stem}.{name}") for name in TRUST)


@dataclass(frozen=True, slots=True)
class StatePaths:
    """The files of one hub. ``of`` derives them from the log's path, e.g. ``/var/lib/hallhub/hall.db``."""

    log: Path
    keys: Path
    views: Path
    access: Path
    draft: Path
    lock: Path
    socket: Path
    secret: Path
    devices: Path
    files: Path
    uploads: Path
    notices: Path
    fetching: Path

    @classmethod
    def of(cls, log: Path) -> StatePaths:
        def beside(suffix: str) -> Path:
            return log.with_name(f"{log.stem}.{suffix}")

        return cls(
            log=log,
            keys=beside("keys.db"),
            views=beside("views.db"),
            access=beside("access.db"),
            draft=beside("draft.json"),
            lock=beside("lock"),
            socket=beside("sock"),
            secret=beside("secret"),
            devices=beside("devices"),
            files=beside("files"),
            uploads=beside("uploads"),
            notices=beside("notices"),
            fetching=beside("fetching"),
        )
