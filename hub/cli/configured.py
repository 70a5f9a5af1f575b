"""Which settings a command works with, and whether it may touch the state they name."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from hub.core.paths import StatePaths
    from hub.settings import Settings


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Of ``--config``, else the file that ``HALLHUB_CONFIG`` names, else defaults; the environment wins.

    Raises ``SettingsInvalid``; ``Fault`` when the log belongs to another user, since files made beside it would too.
    """
    from hub.settings import CONFIG_VARIABLE, load_settings

    path = cast("Path | None", getattr(arguments, "config", None))
    named = os.environ.get(CONFIG_VARIABLE)
    settings = load_settings(path or (Path(named) if named else None))
    _check_owner(state_of(settings).log)
    return settings


def state_of(settings: Settings) -> StatePaths:
    """Where the state lies. Raises ``BadUrl``."""
    from hub.core.paths import StatePaths
    from hub.log.open import log_path

    return StatePaths.of(log_path(settings.log.url))


def text_of(path: Path) -> str:
    """A file that a person wrote. Raises ``Fault`` for what is no text."""
    from hub.ops.faults import REFUSED, Fault

    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Fault(REFUSED, f"{path} 不是 UTF-8 文件。", f"{path} is not a UTF-8 file.") from None
    except IsADirectoryError:
        raise Fault(REFUSED, f"{path} 是目录。", f"{path} is a folder.") from None


def _check_owner(log: Path) -> None:
    if not log.exists() or log.stat().st_uid == os.geteuid():
        return
    import pwd

    from hub.ops.faults import DENIED, Fault

    owner = log.stat().st_uid
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise Fault(
        DENIED,
        f"{log} 属于用户 {name}，请用 sudo -u {name} hallhub … 运行。",
        f"{log} belongs to {name}; run sudo -u {name} hallhub …",
    )
