"""``hallhub token``, ``account`` and ``forget``: who may sign in, and who is to be forgotten."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

from hub.cli.configured import settings_of, state_of
from hub.ops.faults import BUSY, DONE, Fault

if TYPE_CHECKING:
    from hub.web.access.store import AccessStore, Account


def create_token(arguments: argparse.Namespace) -> int:
    """The token is the last word printed, and is shown this once."""
    with closing(_store(arguments)) as store:
        token = store.create_token(arguments.role, arguments.label)
    print(f"角色 role {arguments.role}；令牌只显示这一次 the token is shown once:\n{token}")
    return DONE


def list_tokens(arguments: argparse.Namespace) -> int:
    with closing(_store(arguments)) as store:
        for token in store.tokens():
            state = "有效 valid" if token.revoked_at is None else f"已吊销 revoked {_time(token.revoked_at)}"
            print(f"{token.id}  {token.role:14} {_time(token.created_at)}  {state}  {token.label}".rstrip())
    return DONE


def revoke_token(arguments: argparse.Namespace) -> int:
    with closing(_store(arguments)) as store:
        store.revoke_token(arguments.token)
    print(f"已吊销 Revoked {arguments.token}")
    return DONE


def create_account(arguments: argparse.Namespace) -> int:
    from hub.web.access.accounts import create_account

    with closing(_store(arguments)) as store:
        account, password = create_account(
            store, arguments.name, arguments.role, department=arguments.department, head=arguments.head
        )
    print(f"账号 Account {account.name}（{_role(account)}）；首次登录后须修改 to be changed at the first sign-in:")
    print(f"密码 Password {password}")
    return DONE


def set_password(arguments: argparse.Namespace) -> int:
    from hub.web.access.accounts import set_password

    with closing(_store(arguments)) as store:
        password = set_password(store, arguments.name)
    print(f"账号 Account {arguments.name}；登录后须修改 to be changed at the next sign-in:\n密码 Password {password}")
    return DONE


def disable_account(arguments: argparse.Namespace) -> int:
    with closing(_store(arguments)) as store:
        store.set_disabled(arguments.name, disabled=not arguments.undo)
    print(f"已启用 Enabled {arguments.name}" if arguments.undo else f"已停用 Disabled {arguments.name}")
    return DONE


def list_accounts(arguments: argparse.Namespace) -> int:
    with closing(_store(arguments)) as store:
        for account in store.accounts():
            state = "已停用 disabled" if account.disabled else "有效 valid"
            print(f"{account.name:20} {_role(account):14} {_time(account.created_at)}  {state}")
    return DONE


def forget(arguments: argparse.Namespace) -> int:
    """Says done only when no byte of the person's keys is left in the hub's files."""
    from hub.ops.control import operate

    answer = asyncio.run(operate(settings_of(arguments), "forget", {"subject": arguments.subject}))
    if not answer["done"]:
        raise Fault(
            BUSY,
            "密钥已销毁，但有程序正占用密钥文件，磁盘上可能还有残留。请稍后再运行一次。",
            "The keys are destroyed, but another program reads their file and bytes may be left. Run this again.",
        )
    if not answer["known"]:
        print(f"日志里没有 {answer['subject']} 的个人信息，没有什么可遗忘的。请核对号码。")
        print(f"Nothing of {answer['subject']} is in the log, so there was nothing to forget. Check the number.")
        return DONE
    print(f"已遗忘 {answer['subject']}，其个人信息再也无法打开。")
    print(f"Forgotten: {answer['subject']}. The personal values can no longer be opened. Backups: docs/operations.md")
    return DONE


def _store(arguments: argparse.Namespace) -> AccessStore:
    from hub.web.access.store import AccessStore

    path = state_of(settings_of(arguments)).access
    path.parent.mkdir(parents=True, exist_ok=True)
    return AccessStore(path)


def _role(account: Account) -> str:
    of = f" {account.department}" if account.department else ""
    return f"{account.role}{of}{' 负责人 head' if account.head else ''}"


def _time(ms: int) -> str:
    from hub.log.export import rfc3339

    return rfc3339(ms)[:19] + "Z"
