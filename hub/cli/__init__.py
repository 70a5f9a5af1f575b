"""``hallhub``: the commands. What a command needs is imported when it runs, so that help and errors come at once."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code, as ``hub.ops.faults`` lists them."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    named = cast("str | None", getattr(arguments, "handler", None))
    if named is None:
        parser.print_help(sys.stderr)
        return 2
    module, _, function = named.partition(":")
    try:
        return cast("Handler", getattr(importlib.import_module(module), function))(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read our output has enough; nothing may be flushed into it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from hub.ops.faults import explain

        fault = explain(error)
        if fault is None:
            raise
        print(f"hallhub: {fault}".rstrip(), file=sys.stderr)
        return fault.exit


def _parser() -> argparse.ArgumentParser:
    configured = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    configured.add_argument("--config", type=Path, metavar="FILE", help="TOML 设置文件 settings file")
    parser = argparse.ArgumentParser(
        prog="hallhub",
        description="政务大厅的本地中枢。 The hub of a service hall.",
        parents=[configured],
        epilog="每项设置也是环境变量，如 HALLHUB_LOG_URL。 Every setting is also an environment variable.",
    )
    commands = parser.add_subparsers(title="命令 commands", metavar="COMMAND")

    def command(
        within: argparse._SubParsersAction[argparse.ArgumentParser],  # pyright: ignore[reportPrivateUsage]
        name: str,
        handler: str | None,
        help: str,
    ) -> argparse.ArgumentParser:
        made = within.add_parser(name, help=help, description=help, parents=[configured])
        if handler is not None:
            made.set_defaults(handler=f"hub.cli.{handler}")
        return made

    command(commands, "run", "run:run", "运行大厅中枢 run the hub")
    return parser
