"""``hallhub``: the commands. What a command needs is imported when it runs, so that help and errors come at once."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from hub.cli import commands

if TYPE_CHECKING:
    from hub.ops.faults import Fault

Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code, as ``hub.ops.faults`` lists them."""
    words = sys.argv[1:] if argv is None else argv
    arguments = commands.parser(words).parse_args(words)
    module, _, function = cast("str", arguments.handler).partition(":")
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

        fault = _of_people(error) or explain(error)
        if fault is None:
            raise
        print(f"hallhub: {fault}".rstrip(), file=sys.stderr)
        return fault.exit


def _of_people(error: Exception) -> Fault | None:
    """A refusal about accounts and tokens, whose sentences the web floor keeps."""
    from hub.domain.refusals import SENTENCES, Refused

    if not isinstance(error, Refused) or error.code in SENTENCES:
        return None
    from hub.ops.faults import REFUSED, Fault
    from hub.web.problems import words

    said = words(error.code, error.facts)
    return Fault(REFUSED, said.zh, f"{said.en} [{error.code}]")
