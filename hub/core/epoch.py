"""The hub's epoch towards the online hall: which history its entries belong to, since where, and which came before.

A restore begins a new one at the head that was restored, as does a person who has looked at a fork. It lies beside the
log, not in it: a log that was put back must not bring its old epoch back. Beside it lies whether the line is paused.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from hub.log.chain import GENESIS
from hub.log.entry import Head
from hub.materials.disk import write_whole

MOST_BASES = 32


class Epoch(msgspec.Struct, frozen=True):
    """``id``: 16 hex. Its history up to entry ``after``, with ``hash`` (hex), is that of ``previous`` (empty: none).

    ``looked``: a person has looked at a fork and lets this log rule, so where it forked off is to be found.
    ``bases``: where earlier epochs began, newest first. Of several restores in the dark the receiver heard of none, so
    what it has may have been left at any of them.
    """

    id: str
    after: int
    hash: str
    previous: str = ""
    looked: bool = False
    bases: tuple[int, ...] = ()


def epoch_path(log: Path) -> Path:
    """``DIR/hall.epoch`` of ``DIR/hall.db``."""
    return log.with_name(f"{log.stem}.epoch")


def pause_path(log: Path) -> Path:
    """``DIR/hall.sync-paused``: while it is there, nothing goes over the line."""
    return log.with_name(f"{log.stem}.sync-paused")


def load_epoch(path: Path) -> Epoch:
    """The present epoch; one from the log's beginning is made for a hub that has none.

    Raises ``ValueError`` for a file that holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Epoch)
    except FileNotFoundError:
        return _kept(path, Epoch(secrets.token_hex(8), 0, GENESIS.hex()))
    except msgspec.MsgspecError as error:
        raise ValueError(
            f"{path} 读不懂，请运行 hallhub sync new-epoch。 {path} cannot be read; run hallhub sync new-epoch."
        ) from error


def begin_epoch(path: Path, head: Head, *, looked: bool = False) -> Epoch:
    """A new epoch whose history is the log up to ``head``, on the disk when this returns."""
    try:
        before = load_epoch(path) if path.exists() else None
    except ValueError:
        before = None
    previous, bases = ("", ()) if before is None else (before.id, (before.after, *before.bases)[:MOST_BASES])
    return _kept(path, Epoch(secrets.token_hex(8), head.position, head.hash.hex(), previous, looked, bases))


def _kept(path: Path, epoch: Epoch) -> Epoch:
    write_whole(path, msgspec.json.encode(epoch) + b"\n")
    return epoch
