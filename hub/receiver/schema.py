"""The receiver's tables, for both databases; ``{bytes}``, ``{big}`` and ``{text}`` are theirs to name.

Entries lie by hall, epoch and position and are only ever added: a trigger refuses anything else. Which of them survive
is said by the epochs alone: an epoch begins at its ``fork``, and what an earlier one has past it was left.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 1

TABLES: Final = (
    """CREATE TABLE hall (
        no INTEGER PRIMARY KEY, name {text} NOT NULL UNIQUE, epoch INTEGER NOT NULL, committed {big} NOT NULL,
        hash {bytes} NOT NULL, inbox {big} NOT NULL, inbox_hash {bytes} NOT NULL, base {big} NOT NULL,
        base_hash {bytes} NOT NULL, viewed {big} NOT NULL, recorded_at {big} NOT NULL, arrived_at {big} NOT NULL,
        lost {big} NOT NULL, told {big} NOT NULL, told_at {big} NOT NULL)""",
    """CREATE TABLE epoch (
        no INTEGER PRIMARY KEY, hall INTEGER NOT NULL, name {text} NOT NULL, fork {big} NOT NULL,
        opened {big} NOT NULL, hash {bytes} NOT NULL, previous {text} NOT NULL, program {text} NOT NULL,
        at {big} NOT NULL, UNIQUE (hall, name))""",
    """CREATE TABLE entry (
        hall INTEGER NOT NULL, epoch INTEGER NOT NULL, position {big} NOT NULL, stream {text} NOT NULL,
        version {big} NOT NULL, type {text} NOT NULL, occurred_at {big} NOT NULL, recorded_at {big} NOT NULL,
        arrived_at {big} NOT NULL, actor {text} NOT NULL, cause {bytes} NOT NULL, hash {bytes} NOT NULL,
        salt {bytes}, data {bytes}, digest {bytes}, projection {bytes},
        PRIMARY KEY (hall, epoch, position)){clustered}""",
    """CREATE TABLE inbox (
        hall INTEGER NOT NULL, n {big} NOT NULL, id {text} NOT NULL, type {text} NOT NULL, at {big} NOT NULL,
        data {bytes} NOT NULL, fingerprint {bytes} NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (hall, n),
        UNIQUE (hall, id))""",
    """CREATE TABLE sale (
        hall INTEGER NOT NULL, unit {text} NOT NULL, id {text} NOT NULL, at {big} NOT NULL,
        PRIMARY KEY (hall, unit))""",
    """CREATE TABLE snapshot (
        hall INTEGER NOT NULL, position {big} NOT NULL, hash {bytes} NOT NULL, body {bytes} NOT NULL,
        at {big} NOT NULL, PRIMARY KEY (hall, position, hash))""",
    """CREATE TABLE standing (
        hall INTEGER NOT NULL, kind {text} NOT NULL, key {text} NOT NULL, sought {text} NOT NULL, data {bytes} NOT NULL,
        PRIMARY KEY (hall, kind, key)){clustered}""",
    "CREATE INDEX standing_sought ON standing (hall, kind, sought, key)",
    """CREATE TABLE token (
        id {text} PRIMARY KEY, secret {bytes} NOT NULL UNIQUE, label {text} NOT NULL, created_at {big} NOT NULL,
        revoked_at {big} NOT NULL)""",
    "CREATE TABLE version (version INTEGER NOT NULL)",
)

ONLY_ADDED: Final = ("entry", "inbox", "sale", "snapshot")
"""Tables of which no row is ever changed or deleted."""
