"""Account acts for the command line and the start of a hub; they hash in the calling thread."""

from __future__ import annotations

from hub.web.access.passwords import hash_password, random_password
from hub.web.access.store import AccessStore, Account

FIRST_ADMINISTRATOR = "administrator"


def ensure_administrator(store: AccessStore) -> str | None:
    """Make the account ``administrator`` when there are no accounts at all; its password, to be shown once.

    The password must be changed at the first sign-in. None when there are accounts.
    """
    if store.accounts():
        return None
    password = random_password()
    store.create_account(FIRST_ADMINISTRATOR, "administrator", hash_password(password), must_change=True)
    return password


def create_account(
    store: AccessStore, name: str, role: str, password: str | None = None, *, department: str = "", head: bool = False
) -> tuple[Account, str]:
    """The account and its password (random when None), which must be changed at the first sign-in.

    Raises ``Refused("account-exists" | "bad-account" | "unknown-role" | "weak-password" | "department-needed" |
    "no-department")``.
    """
    chosen = random_password() if password is None else password
    made = hash_password(chosen)
    return store.create_account(name, role, made, must_change=True, department=department, head=head), chosen


def set_password(store: AccessStore, name: str, password: str | None = None) -> str:
    """Set (or draw) a password that must be changed at the next sign-in; ends the account's sessions.

    Raises ``Refused("unknown-account" | "weak-password")``.
    """
    chosen = random_password() if password is None else password
    store.set_password(name, hash_password(chosen), must_change=True)
    return chosen
