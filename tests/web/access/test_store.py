from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.domain.refusals import Refused
from hub.web.access.accounts import create_account, ensure_administrator, set_password
from hub.web.access.store import IDLE_MS, LIFETIME_MS, AccessStore


class Wall:
    now = 1_000_000_000_000


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def store(tmp_path: Path, wall: Wall) -> Iterator[AccessStore]:
    opened = AccessStore(tmp_path / "hall.access.db", lambda: wall.now)
    yield opened
    opened.close()


def test_the_first_administrator_is_made_once_and_must_change_the_password(store: AccessStore) -> None:
    password = ensure_administrator(store)
    assert password is not None
    assert len(password) >= 20
    account = store.account("administrator")
    assert account is not None
    assert (account.role, account.must_change) == ("administrator", True)
    assert ensure_administrator(store) is None


def test_neither_password_nor_token_nor_session_stands_in_the_files(tmp_path: Path, store: AccessStore) -> None:
    _, password = create_account(store, "lin", "clerk")
    token, session = store.create_token("clerk"), store.begin_session("lin")
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"$argon2id$" in content
    for secret in (password, token, session):
        assert secret.encode() not in content


def test_the_file_is_for_its_owner_only(tmp_path: Path, store: AccessStore) -> None:
    assert (tmp_path / "hall.access.db").stat().st_mode & 0o077 == 0


def test_a_token_works_until_it_is_revoked(store: AccessStore) -> None:
    text = store.create_token("supervisor", "印表")
    token = store.token(text)
    assert token is not None
    assert (token.role, token.label) == ("supervisor", "印表")
    store.revoke_token(token.id)
    assert store.token(text) is None
    assert store.tokens()[0].revoked_at is not None
    assert store.token("hall_nonsense") is None


def test_a_token_made_by_another_process_works_in_this_one_at_once(tmp_path: Path, store: AccessStore) -> None:
    script = (
        "import sys; from pathlib import Path; from hub.web.access.store import AccessStore;"
        "print(AccessStore(Path(sys.argv[1])).create_token('clerk', 'cli'))"
    )
    made = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "hall.access.db")], capture_output=True, text=True, check=True
    )
    token = store.token(made.stdout.strip())
    assert token is not None
    assert token.role == "clerk"


def test_two_writers_wait_for_each_other(tmp_path: Path, store: AccessStore) -> None:
    other = AccessStore(tmp_path / "hall.access.db")
    both = [
        threading.Thread(target=lambda each=each: [each.create_token("clerk") for _ in range(20)])
        for each in (store, other)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    other.close()
    assert len(store.tokens()) == 40


def test_a_session_ends_when_idle_and_when_old(store: AccessStore, wall: Wall) -> None:
    create_account(store, "lin", "clerk")
    session = store.begin_session("lin")
    wall.now += IDLE_MS
    assert store.session(session) is not None
    wall.now += IDLE_MS
    assert store.session(session) is not None, "use keeps it alive"
    wall.now += IDLE_MS + 1
    assert store.session(session) is None
    session = store.begin_session("lin")
    for _ in range(LIFETIME_MS // IDLE_MS):
        wall.now += IDLE_MS
        assert store.session(session) is not None
    wall.now += IDLE_MS
    assert store.session(session) is None


def test_a_disabled_account_loses_its_sessions_and_its_password(store: AccessStore) -> None:
    create_account(store, "boss", "administrator")
    create_account(store, "lin", "clerk")
    session = store.begin_session("lin")
    store.set_disabled("lin", True)
    assert store.session(session) is None
    assert store.password_hash("lin") is None
    store.set_disabled("lin", False)
    assert store.session(session) is None


def test_a_new_password_ends_other_sessions(store: AccessStore) -> None:
    create_account(store, "lin", "clerk")
    kept, other = store.begin_session("lin"), store.begin_session("lin")
    store.set_password("lin", "$argon2id$x", must_change=False, keep=kept)
    assert store.session(kept) is not None
    assert store.session(other) is None
    set_password(store, "lin")
    assert store.session(kept) is None


def test_the_last_administrator_stays(store: AccessStore) -> None:
    create_account(store, "boss", "administrator")
    for act in (lambda: store.set_disabled("boss", True), lambda: store.change_account("boss", role="clerk")):
        with pytest.raises(Refused, match="last-administrator"):
            act()
    account = store.account("boss")
    assert account is not None
    assert (account.role, account.disabled) == ("administrator", False)


def test_a_change_that_is_refused_in_part_changes_nothing(store: AccessStore) -> None:
    create_account(store, "boss", "administrator")
    store.set_password("boss", "$argon2id$kept", must_change=False)
    session = store.begin_session("boss")
    with pytest.raises(Refused, match="last-administrator"):
        store.change_account("boss", role="supervisor", password="$argon2id$new")
    account = store.session(session)
    assert account is not None
    assert (account.role, account.must_change) == ("administrator", False)
    assert store.password_hash("boss") == "$argon2id$kept"


def test_a_token_label_that_would_steer_a_terminal_is_refused(store: AccessStore) -> None:
    with pytest.raises(Refused, match="bad-value"):
        store.create_token("clerk", "a\x1b[2Jb")


@pytest.mark.parametrize(
    ("name", "role", "password", "code"),
    [
        ("", "clerk", "long-enough-1", "bad-account"),
        ("a/b", "clerk", "long-enough-1", "bad-account"),
        ("..", "clerk", "long-enough-1", "bad-account"),
        ("a\nb", "clerk", "long-enough-1", "bad-account"),
        ("lin", "king", "long-enough-1", "unknown-role"),
        ("lin", "clerk", "short", "weak-password"),
        ("lin", "clerk", "x" * 129, "weak-password"),
        ("taken", "clerk", "long-enough-1", "account-exists"),
    ],
)
def test_a_bad_account_is_refused(store: AccessStore, name: str, role: str, password: str, code: str) -> None:
    create_account(store, "taken", "clerk")
    with pytest.raises(Refused, match=code):
        create_account(store, name, role, password)


def test_a_key_is_made_once_and_kept(tmp_path: Path, store: AccessStore) -> None:
    first = store.secret("kiosk")
    again = AccessStore(tmp_path / "hall.access.db")
    assert (len(first), again.secret("kiosk")) == (32, first)
    again.close()


def test_a_reviewer_has_a_department_and_nobody_else_has(store: AccessStore) -> None:
    ensure_administrator(store)
    create_account(store, "wang", "reviewer", department="D304", head=True)
    wang = store.account("wang")
    assert wang is not None
    assert (wang.department, wang.head) == ("D304", True)
    for role, department in (("reviewer", ""), ("clerk", "D304")):
        with pytest.raises(Refused, match="department"):
            create_account(store, "li", role, department=department)
    store.change_account("wang", role="clerk")
    moved = store.account("wang")
    assert moved is not None
    assert (moved.role, moved.department, moved.head) == ("clerk", "", False)
    with pytest.raises(Refused, match="department-needed"):
        store.change_account("wang", role="reviewer")
    store.change_account("wang", role="reviewer", department="D307")
    assert [account.name for account in store.reviewers("D307")] == ["wang"]
    store.set_disabled("wang", disabled=True)
    assert store.reviewers("D307") == []


def test_an_opinion_is_a_persons_so_reviewers_have_no_tokens(store: AccessStore) -> None:
    with pytest.raises(Refused, match="person-needed"):
        store.create_token("reviewer")


def test_a_file_of_an_earlier_version_keeps_its_accounts_and_sessions(tmp_path: Path) -> None:
    path = tmp_path / "old.access.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "CREATE TABLE accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL,"
            " must_change INTEGER NOT NULL, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;"
            "INSERT INTO accounts VALUES ('lin', 'clerk', 'x', 0, 0, 5)"
        )
    for _ in range(2):
        with closing(AccessStore(path)) as opened:
            lin = opened.account("lin")
            assert lin is not None
            assert (lin.role, lin.created_at, lin.department, lin.head) == ("clerk", 5, "", False)
            assert opened.session(opened.begin_session("lin")) == lin
