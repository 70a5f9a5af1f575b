"""Which settings a command works with."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from hub.settings import Settings


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Of ``--config``, else the file that ``HALLHUB_CONFIG`` names, else defaults; the environment wins.

    Raises ``SettingsInvalid``.
    """
    from hub.settings import CONFIG_VARIABLE, load_settings

    path = cast("Path | None", getattr(arguments, "config", None))
    named = os.environ.get(CONFIG_VARIABLE)
    return load_settings(path or (Path(named) if named else None))
