"""A catalogue file read in a short-lived process of its own, for who must go on meanwhile: the hub.

A file that people upload may take long or much memory to unpack; here both are limited, and a failure is the child's.
Run as a program this module reads one request from standard input and writes one answer.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import msgspec

from hub.core.catalogue_file import Reading, read_catalogue
from hub.core.catalogue_mapping import load_mapping
from hub.core.toml_file import FileInvalid, FileProblem
from hub.domain.hall.profile import HallProfile

SECONDS = 60.0
CPU_SECONDS = 40
MEMORY_BYTES = 1536 * 1024 * 1024


class _Request(msgspec.Struct):
    content: bytes
    profile: HallProfile
    mapping: str | None


class _Answer(msgspec.Struct):
    reading: Reading | None = None
    problems: list[FileProblem] = []


def read_apart(content: bytes, profile: HallProfile, mapping: str | None = None) -> Reading:
    """As ``read_catalogue``, with the mapping as text. Blocks. Raises ``FileInvalid``, also for a file that took more
    than a child may take."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "hub.core.catalogue_child"],
            input=msgspec.msgpack.encode(_Request(content, profile, mapping)),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={name: value for name, value in os.environ.items() if name in ("PYTHONPATH", "LANG", "PATH")},
        )
        answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError):
        too_much = FileProblem(None, "", "文件过大或过于复杂，没有读取", "takes too much to read and was not read")
        raise FileInvalid([too_much]) from None
    if answer.reading is None:
        raise FileInvalid(answer.problems)
    return answer.reading


def _answer(request: _Request) -> _Answer:
    try:
        mapping = None if request.mapping is None else load_mapping(request.mapping)
        return _Answer(read_catalogue(request.content, request.profile, mapping))
    except FileInvalid as invalid:
        return _Answer(None, invalid.problems)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Request)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(asked)))
