"""The hall profile as a TOML file: what ``hallhub profile export`` writes and ``import`` reads."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import cast

from hub.core.toml_lines import line_numbers, line_of
from hub.core.toml_shape import ShapeMismatch, plain, shape, toml
from hub.domain.hall.check import Problem, check
from hub.domain.hall.profile import HallProfile

MOST_BYTES = 4_000_000
_SYNTAX = re.compile(r"^(?P<what>.*?)(?: \(at (?:line (?P<line>\d+), column \d+|end of document)\))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """``line`` counts from 1; None when no line can be named. ``path`` is empty for a file that is no TOML at all."""

    line: int | None
    path: str
    zh: str
    en: str

    def __str__(self) -> str:
        """``第 41 行 windows[3].floor：…`` and the same in English, on one line."""
        at_zh = f"第 {self.line} 行 " if self.line else ""
        at_en = f"line {self.line} " if self.line else ""
        return f"{at_zh}{self.path}: {self.zh} / {at_en}{self.path}: {self.en}"


class ProfileFileInvalid(Exception):
    """The file's author must act; ``problems`` lists everything found, in the order of the file."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def load(text: str) -> HallProfile:
    """The profile in a TOML text, checked by the rules too. Raises ``ProfileFileInvalid``."""
    values = _parse(text)
    try:
        profile = shape(HallProfile, values)
    except ShapeMismatch as mismatch:
        raise ProfileFileInvalid(_located(text, mismatch.problems)) from None
    problems = check(profile)
    if problems:
        raise ProfileFileInvalid(_located(text, problems))
    return profile


def dump(profile: HallProfile) -> str:
    """The profile as TOML: ``load(dump(p)) == p`` for every profile that may be published."""
    return _HEAD + toml(cast("dict[str, object]", plain(profile)))


def default_text() -> str:
    """The default profile's file, comments included."""
    return files("hub.core").joinpath("default_profile.toml").read_text(encoding="utf-8")


def default_profile() -> HallProfile:
    """The profile that an empty log starts with."""
    return load(default_text())


def _parse(text: str) -> dict[str, object]:
    if len(text) > MOST_BYTES:
        raise ProfileFileInvalid([FileProblem(None, "", "文件过大", "the file is too large")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.match(str(error))
        line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
        what = found["what"] if found else str(error)
        raise ProfileFileInvalid([FileProblem(line, "", f"TOML 语法错误（{what}）", f"TOML syntax: {what}")]) from None
    except RecursionError:
        raise ProfileFileInvalid([FileProblem(None, "", "嵌套过深", "nested too deeply")]) from None


def _located(text: str, problems: list[Problem]) -> list[FileProblem]:
    lines = line_numbers(text)
    located = [FileProblem(line_of(lines, p.path), p.path, p.zh, p.en) for p in problems]
    return sorted(located, key=lambda problem: problem.line or 0)


_HEAD = """\
# 大厅配置。每个字段的说明见 docs/profile.md。时间为当地时间；列表从 0 数起。
# The hall's profile; docs/profile.md explains every field. Times are local; lists count from 0.
"""
