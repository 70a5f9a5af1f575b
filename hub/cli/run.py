"""``hallhub run``: the hub until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from hub.cli.configured import settings_of
from hub.ops import logging as logs
from hub.ops.faults import DONE

if TYPE_CHECKING:
    from hub.compose import Running


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    logs.set_up()
    from hub.compose import run_hub

    asyncio.run(run_hub(settings, tell))
    return DONE


def tell(hall: Running) -> None:
    """Where the hub is reached, and the first administrator's password, once."""
    mqtt = hall.settings.mqtt
    where = "内置 embedded" if mqtt.embedded else "外部 external"
    print(f"网页 Web      {hall.web_url}")
    print(f"消息 MQTT     {mqtt.host}:{hall.mqtt_port}  ({where})")
    print(f"日志 Log      {hall.hub.paths.log.absolute()}")
    if hall.first_password is not None:
        print("第一位管理员，密码只显示这一次，首次登录后须修改。")
        print("The first administrator; the password is shown once and must be changed at the first sign-in:")
        print("  账号 Name      administrator")
        print(f"  密码 Password  {hall.first_password}")
    print("按 Ctrl-C 停止 Press Ctrl-C to stop", flush=True)
