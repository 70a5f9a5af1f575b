"""The hub's term: a number that only rises, at every restore or takeover, so that devices refuse an older hub's orders.

It lies beside the log, not in it: a restored log must not bring back an old term.
"""

from __future__ import annotations

from pathlib import Path

from hub.materials.disk import write_whole

FIRST = 1


def term_path(log: Path) -> Path:
    """``DIR/hall.term`` of ``DIR/hall.db``."""
    return log.with_name(f"{log.stem}.term")


def load_term(path: Path) -> int:
    """The present term; 1 for a hub that was never restored. Raises ``ValueError`` for a file that holds no number."""
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return FIRST
    if not text.isdecimal():
        raise ValueError(f"{path} 应为一个数字，请从备份恢复。 {path} must hold one number. Restore it from a backup.")
    return int(text)


def raise_term(path: Path, above: int = 0) -> int:
    """A term higher than the present one and than ``above``, on the disk when this returns."""
    term = max(load_term(path), above) + 1
    write_whole(path, f"{term}\n".encode())
    return term
