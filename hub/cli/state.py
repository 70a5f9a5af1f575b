"""``hallhub backup``, ``restore``, ``clock confirm``, ``status`` and ``devices``."""

from __future__ import annotations

import argparse
import asyncio
from typing import cast

from hub.cli.configured import settings_of
from hub.ops.faults import BROKEN, DONE, MISSING, Fault


def back_up(arguments: argparse.Namespace) -> int:
    """Done means: on the disk, every file's hash in the manifest, and the chain of the copy followed to its end."""
    from hub.ops.backup import back_up, drop_old

    settings = settings_of(arguments)
    manifest = back_up(settings, arguments.folder, arguments.recipient or settings.backup.recipients)
    if arguments.keep is not None:
        drop_old(arguments.folder, arguments.keep)
    print(
        f"备份完成，已校验：{manifest.position} 条记录 → {arguments.folder}\n"
        f"Backed up and verified: {manifest.position} entries → {arguments.folder}\n"
        + (
            "已加密，没有备份私钥无法打开。 Sealed: nothing opens it but the key for backups."
            if manifest.sealed_for
            else "请把 keys 目录另行保管。 Keep the folder keys apart."
        )
    )
    if manifest.damaged:
        print(
            f"有 {len(manifest.damaged)} 份材料在服务器上已损坏，不在备份里：{' '.join(manifest.damaged)}\n"
            f"{len(manifest.damaged)} stored files were damaged on the server and are not in the backup."
        )
        return BROKEN
    return DONE


def backup_key(arguments: argparse.Namespace) -> int:
    """The last word printed is what ``[backup] recipients`` wants."""
    from hub.ops.sealing import new_identity

    recipient = new_identity(arguments.file)
    print(
        f"私钥在 {arguments.file}：请离线保管，恢复备份时才用；丢了它，加密的备份就打不开。\n"
        f"The key is in {arguments.file}. Keep it away from the server; without it no sealed backup opens.\n"
        f"[backup] recipients {recipient}"
    )
    return DONE


def restore(arguments: argparse.Namespace) -> int:
    from hub.ops.restore import restore

    manifest = restore(
        settings_of(arguments),
        arguments.folder,
        over=arguments.force_over,
        forgotten=arguments.forgotten,
        identity=arguments.identity,
    )
    print(
        f"已恢复 {manifest.made_at} 的备份，{manifest.position} 条记录。现在可以启动中枢。\n"
        f"Restored the backup of {manifest.made_at}, {manifest.position} entries. The hub may be started now."
    )
    return DONE


def confirm_clock(arguments: argparse.Namespace) -> int:
    from hub.ops.control import operate

    asyncio.run(operate(settings_of(arguments), "confirm-clock"))
    print("已确认服务器时间。 The server's time is confirmed.")
    return DONE


def status(arguments: argparse.Namespace) -> int:
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(_running(arguments)), indent=2).decode())
    return DONE


def devices(arguments: argparse.Namespace) -> int:
    """Who was heard since the hub started."""
    for row in cast("list[dict[str, object]]", _running(arguments).get("devices", [])):
        trouble = f"  {row['trouble']}" if row.get("trouble") else ""
        print(f"{row['kind']:16} {row['id']:24} {row['state']:9} {row['since']}{trouble}")
    return DONE


def _running(arguments: argparse.Namespace) -> dict[str, object]:
    from hub.core.paths import StatePaths
    from hub.log.open import log_path
    from hub.ops.control import ask_running

    path = StatePaths.of(log_path(settings_of(arguments).log.url)).socket
    answer = asyncio.run(ask_running(path, "status", {})) if path.exists() else None
    if answer is None:
        raise Fault(MISSING, "中枢没有运行。", "The hub is not running.")
    return answer
