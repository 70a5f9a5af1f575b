"""Where a hub keeps what the online hall knows it by: beside the log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.core.paths import trust_files
from hub.settings import SyncSettings


@dataclass(frozen=True, slots=True)
class TrustPaths:
    """``signing``: the key that names the hall; ``online``: keys of the online hall; ``pair``: TLS; ``ca``: the city's.

    ``signing`` and ``pair`` are secret. Those beside the log are backed up with the keys.
    """

    signing: Path
    online: Path
    pair: Path
    ca: Path

    @classmethod
    def of(cls, log: Path) -> TrustPaths:
        return cls(*trust_files(log))

    @classmethod
    def named(cls, settings: SyncSettings, log: Path) -> TrustPaths:
        """Where the settings put them, else beside the log."""
        beside = cls.of(log)
        return cls(
            settings.signing_key or beside.signing,
            beside.online,
            settings.certificate or beside.pair,
            settings.ca or beside.ca,
        )
