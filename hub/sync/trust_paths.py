"""Where a hub keeps what the online hall knows it by: beside the log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrustPaths:
    """``signing``: the key that names the hall; ``online``: keys of the online hall; ``pair``: TLS; ``ca``: the city's.

    ``signing`` and ``pair`` are secret and are backed up with the keys.
    """

    signing: Path
    online: Path
    pair: Path
    ca: Path

    @classmethod
    def of(cls, log: Path) -> TrustPaths:
        def beside(suffix: str) -> Path:
            return log.with_name(f"{log.stem}.{suffix}")

        return cls(beside("signing.pem"), beside("online-keys.json"), beside("line.pem"), beside("city-ca.pem"))
