"""Accounts, sessions and tokens in ``hall.access.db``, usable from several processes beside a running hub.

Secrets are stored as hashes only: passwords as argon2id, session ids and tokens (random, 256 bits) as SHA-256.
Times are wall-clock milliseconds since 1970 UTC, never the hall's clock, which a demo may speed up.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from hub.domain.refusals import Refused
from hub.log.entry import LogBroken
from hub.web.access.roles import ROLES, Role, is_role

IDLE_MS = 4 * 3600_000
LIFETIME_MS = 14 * 3600_000
TOUCH_MS = 60_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, must_change INTEGER NOT NULL,
    disabled INTEGER NOT NULL, created_at INTEGER NOT NULL,
    department TEXT NOT NULL DEFAULT '', head INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    hash BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts(name) ON DELETE CASCADE,
    began_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_account ON sessions (account);
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, role TEXT NOT NULL, label TEXT NOT NULL,
    created_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
"""


_ADDED = {"department": "TEXT NOT NULL DEFAULT ''", "head": "INTEGER NOT NULL DEFAULT 0"}
"""Columns of accounts that files of earlier versions lack."""
_ACCOUNT = "name, role, must_change, disabled, created_at, department, head"


@dataclass(frozen=True, slots=True)
class Account:
    """``must_change``: the password was set by somebody else and only lets its owner set a new one.

    ``department``: code of the hall's, of reviewers only; ``head``: of that department 部门负责人.
    """

    name: str
    role: Role
    must_change: bool
    disabled: bool
    created_at: int
    department: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """An API token without its secret."""

    id: str
    role: Role
    label: str
    created_at: int
    revoked_at: int | None


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def digest(secret: str) -> bytes:
    """The stored form of a random secret; 256 bits of chance need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


class AccessStore:
    """Methods that read are quick and fit the event loop; those that write wait for other processes' writers up to
    5 s and for the disk: from a loop, call them in a thread. The two use a connection each.

    Making one raises ``LogBroken`` for a file that is no database."""

    def __init__(self, path: Path, now: Callable[[], int] = wall_ms) -> None:
        self._now = now
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        path.touch(mode=0o600)
        try:
            self._open(path)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") not in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
                raise
            raise LogBroken(f"{path}: {error}") from error

    def _open(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)
        self._add_columns()
        self._reader = sqlite3.connect(path, timeout=0.05, isolation_level=None, check_same_thread=False)
        self._reader.execute("PRAGMA synchronous = NORMAL")

    def _add_columns(self) -> None:
        """Bring a file of an earlier version up to this one; another process may do the same at the same time."""
        with self._writing():
            known = {row[1] for row in self._db.execute("PRAGMA table_info(accounts)")}
            for name, kind in _ADDED.items():
                if name not in known:
                    self._db.execute(f"ALTER TABLE accounts ADD COLUMN {name} {kind}")

    def close(self) -> None:
        with self._read_lock, self._write_lock:
            self._reader.close()
            self._db.close()

    # Accounts

    def create_account(
        self, name: str, role: str, password: str, *, must_change: bool, department: str = "", head: bool = False
    ) -> Account:
        """``password`` is an argon2id hash.

        Raises ``Refused("account-exists" | "bad-account" | "unknown-role" | "department-needed" | "no-department")``.
        """
        checked = _role(role)
        if not good_name(name):
            raise Refused("bad-account", name=name[:64])
        _check_department(checked, department, head)
        account = Account(name, checked, must_change, False, self._now(), department, head)
        try:
            with self._writing():
                self._db.execute(
                    f"INSERT INTO accounts ({_ACCOUNT}, password) VALUES (?, ?, ?, 0, ?, ?, ?, ?)",  # noqa: S608
                    (name, checked, must_change, account.created_at, department, head, password),
                )
        except sqlite3.IntegrityError:
            raise Refused("account-exists", name=name) from None
        return account

    def account(self, name: str) -> Account | None:
        row = self._one(f"SELECT {_ACCOUNT} FROM accounts WHERE name = ?", name)  # noqa: S608
        return None if row is None else _account(row)

    def accounts(self) -> list[Account]:
        rows = self._all(f"SELECT {_ACCOUNT} FROM accounts ORDER BY name")  # noqa: S608
        return [_account(row) for row in rows]

    def reviewers(self, department: str | None = None) -> list[Account]:
        """Those of a department (None: of all) who can sign in, by name."""
        return [
            account
            for account in self.accounts()
            if account.role == "reviewer" and not account.disabled and department in (None, account.department)
        ]

    def password_hash(self, name: str) -> str | None:
        """None for unknown and disabled accounts."""
        row = self._one("SELECT password FROM accounts WHERE name = ? AND disabled = 0", name)
        return None if row is None else cast("str", row[0])

    def set_password(self, name: str, password: str, *, must_change: bool, keep: str | None = None) -> None:
        """Ends the account's sessions but ``keep`` (a session id). Raises ``Refused("unknown-account")``."""
        with self._writing():
            self._change(
                name, "UPDATE accounts SET password = ?, must_change = ? WHERE name = ?", password, must_change
            )
            kept = b"" if keep is None else digest(keep)
            self._db.execute("DELETE FROM sessions WHERE account = ? AND hash <> ?", (name, kept))

    def change_account(
        self,
        name: str,
        *,
        role: str | None = None,
        disabled: bool | None = None,
        password: str | None = None,
        department: str | None = None,
        head: bool | None = None,
    ) -> None:
        """All of what is given, or nothing; ``password`` is a hash that must be changed at the next sign-in. Another
        role than reviewer leaves its department.

        Raises ``Refused("unknown-account" | "unknown-role" | "last-administrator" | "department-needed" |
        "no-department")``.
        """
        checked = None if role is None else _role(role)
        with self._writing():
            if checked is not None or department is not None or head is not None:
                self._place(name, checked, department, head)
            if disabled is not None:
                self._change(name, "UPDATE accounts SET disabled = ? WHERE name = ?", disabled)
            if password is not None:
                self._change(name, "UPDATE accounts SET password = ?, must_change = 1 WHERE name = ?", password)
            self._keep_an_administrator()
            if disabled is not None or password is not None:
                self._db.execute("DELETE FROM sessions WHERE account = ?", (name,))

    def _place(self, name: str, role: Role | None, department: str | None, head: bool | None) -> None:
        row = self._db.execute(f"SELECT {_ACCOUNT} FROM accounts WHERE name = ?", (name,)).fetchone()  # noqa: S608
        if row is None:
            raise Refused("unknown-account", name=name[:64])
        known = _account(row)
        now = role or known.role
        stays = now == "reviewer"
        belongs = department if department is not None else known.department if stays else ""
        leads = head if head is not None else known.head and stays
        _check_department(now, belongs, leads)
        self._change(name, "UPDATE accounts SET role = ?, department = ?, head = ? WHERE name = ?", now, belongs, leads)

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Ends the account's sessions. Raises ``Refused("unknown-account" | "last-administrator")``."""
        with self._writing():
            self._change(name, "UPDATE accounts SET disabled = ? WHERE name = ?", disabled)
            self._keep_an_administrator()
            self._db.execute("DELETE FROM sessions WHERE account = ?", (name,))

    def _change(self, name: str, statement: str, *values: object) -> None:
        if self._db.execute(statement, (*values, name)).rowcount != 1:
            raise Refused("unknown-account", name=name[:64])

    def _keep_an_administrator(self) -> None:
        kept = self._db.execute("SELECT 1 FROM accounts WHERE role = 'administrator' AND disabled = 0").fetchone()
        if kept is None:
            raise Refused("last-administrator")

    # Sessions

    def begin_session(self, account: str) -> str:
        """A new session's id, for the cookie."""
        session = secrets.token_urlsafe(32)
        now = self._now()
        with self._writing():
            self._db.execute(
                "DELETE FROM sessions WHERE seen_at < ? OR began_at < ?", (now - IDLE_MS, now - LIFETIME_MS)
            )
            self._db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (digest(session), account, now, now))
        return session

    def session(self, session: str) -> Account | None:
        """The account signed in under a session id; None when it ended, idled for 4 h or is older than 14 h."""
        hashed, now = digest(session), self._now()
        row = self._one(
            "SELECT a.name, a.role, a.must_change, a.disabled, a.created_at, a.department, a.head, s.seen_at"
            " FROM sessions s JOIN accounts a ON a.name = s.account"
            " WHERE s.hash = ? AND a.disabled = 0 AND s.seen_at >= ? AND s.began_at >= ?",
            hashed,
            now - IDLE_MS,
            now - LIFETIME_MS,
        )
        if row is None:
            return None
        if now - cast("int", row[7]) > TOUCH_MS:
            self._see(hashed, now)
        return _account(row)

    def end_session(self, session: str) -> None:
        with self._writing():
            self._db.execute("DELETE FROM sessions WHERE hash = ?", (digest(session),))

    def _see(self, hashed: bytes, now: int) -> None:
        """Once a minute; skipped when another process writes, since a page must not wait for it."""
        with self._read_lock, suppress(sqlite3.OperationalError):
            self._reader.execute("UPDATE sessions SET seen_at = ? WHERE hash = ?", (now, hashed))

    # Tokens

    def create_token(self, role: str, label: str = "") -> str:
        """A new API token; its text is shown once and stored as a hash.

        Raises ``Refused("unknown-role" | "bad-value" | "person-needed")``: an opinion is a person's.
        """
        checked = _role(role)
        if checked == "reviewer":
            raise Refused("person-needed")
        if not label.isprintable():
            raise Refused("bad-value", field="label", problem="有不可见字符 / invisible characters")
        text = "hall_" + secrets.token_urlsafe(32)
        with self._writing():
            self._db.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)",
                (secrets.token_hex(4), digest(text), checked, label[:200], self._now()),
            )
        return text

    def token(self, text: str) -> Token | None:
        """The token behind a bearer's text; None when unknown or revoked."""
        row = self._one(
            "SELECT id, role, label, created_at, revoked_at FROM tokens WHERE hash = ? AND revoked_at IS NULL",
            digest(text),
        )
        return None if row is None else _token(row)

    def tokens(self) -> list[Token]:
        rows = self._all("SELECT id, role, label, created_at, revoked_at FROM tokens ORDER BY created_at, id")
        return [_token(row) for row in rows]

    def revoke_token(self, token_id: str) -> None:
        """Raises ``Refused("unknown-token")``; revoking twice is once."""
        with self._writing():
            changed = self._db.execute(
                "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", (self._now(), token_id)
            )
            if changed.rowcount != 1:
                raise Refused("unknown-token", token=token_id[:64])

    # Keys

    def secret(self, name: str) -> bytes:
        """A random 32-byte key under this name, made at its first use and kept over restarts."""
        with self._writing():
            self._db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, secrets.token_bytes(32)))
        row = self._one("SELECT value FROM secrets WHERE name = ?", name)
        assert row is not None
        return cast("bytes", row[0])

    # SQLite

    @contextmanager
    def _writing(self) -> Generator[None]:
        with self._write_lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _one(self, query: str, *values: object) -> tuple[object, ...] | None:
        with self._read_lock:
            return cast("tuple[object, ...] | None", self._reader.execute(query, values).fetchone())

    def _all(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self._read_lock:
            return cast("list[tuple[object, ...]]", self._reader.execute(query, values).fetchall())


def _role(text: str) -> Role:
    if not is_role(text):
        raise Refused("unknown-role", role=text[:64], roles=", ".join(ROLES))
    return text


def _check_department(role: Role, department: str, head: bool) -> None:
    if role == "reviewer" and not department:
        raise Refused("department-needed")
    if role != "reviewer" and (department or head):
        raise Refused("no-department", role=role)


def good_name(name: str) -> bool:
    """Whether a clerk's name may stand in accounts, on pages and in addresses."""
    seen = 0 < len(name) <= 64 and name.isprintable() and name == name.strip()
    return seen and "/" not in name and name not in (".", "..")


def _account(row: tuple[object, ...]) -> Account:
    name, role, must_change, disabled, created_at, department, head = row[:7]
    return Account(
        cast("str", name),
        _role(cast("str", role)),
        bool(must_change),
        bool(disabled),
        cast("int", created_at),
        cast("str", department),
        bool(head),
    )


def _token(row: tuple[object, ...]) -> Token:
    token_id, role, label, created_at, revoked_at = row
    return Token(
        cast("str", token_id),
        _role(cast("str", role)),
        cast("str", label),
        cast("int", created_at),
        cast("int | None", revoked_at),
    )
