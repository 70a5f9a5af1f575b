"""``hallhub demo``: the hook to the simulated hall."""

from __future__ import annotations

import argparse

from hub.cli.configured import settings_of


def run(arguments: argparse.Namespace) -> int:
    from hub.demo.command import main

    return main(arguments, settings_of(arguments))
