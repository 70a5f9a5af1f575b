"""TOML files that people write: read whole, and every problem told with its line and field."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from hub.core.toml_lines import line_numbers, line_of
from hub.domain.hall.problems import Problem

MOST_CHARACTERS = 4_000_000
_SYNTAX = re.compile(r"^(?P<what>.*?)(?: \(at (?:line (?P<line>\d+), column \d+|end of document)\))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """``line`` counts from 1; None when no line can be named. ``path`` is empty for a file that is no TOML at all.

    ``against``: line and path of each field it contradicts.
    """

    line: int | None
    path: str
    zh: str
    en: str
    against: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        """``第 41 行 windows[3].floor: …`` and the same in English, on one line; with it the lines it contradicts."""
        at = f" {self.path}" if self.path else ""
        zh, en = (f"第 {self.line} 行", f"line {self.line}") if self.line else ("", "")
        said_zh, said_en = self.zh, self.en
        if self.against:
            said_zh += f"（与{'、'.join(f'第 {line} 行 {path}' for line, path in self.against)} 矛盾）"
            said_en += f" (against {' and '.join(f'line {line} {path}' for line, path in self.against)})"
        return f"{zh}{at}: {said_zh} / {en}{at}: {said_en}".strip()


class FileInvalid(Exception):
    """The file's author must act; ``problems`` lists everything found, in the order of the file."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def parse(text: str) -> dict[str, object]:
    """The file's values as ``tomllib`` gives them. Raises ``FileInvalid`` with one problem, of the syntax."""
    if len(text) > MOST_CHARACTERS:
        raise FileInvalid([FileProblem(None, "", "文件过大", "the file is too large")])
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.match(str(error))
        line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
        what = found["what"] if found else str(error)
        problem = FileProblem(line, "", f"TOML 语法错误（{what}）", f"TOML syntax: {what}")
    except RecursionError:
        problem = FileProblem(None, "", "嵌套过深", "nested too deeply")
    raise FileInvalid([problem])


def located(text: str, problems: list[Problem]) -> list[FileProblem]:
    """The problems with their lines in a text that ``parse`` has read, in the order of the file."""
    lines = line_numbers(text.removeprefix("\ufeff"))
    found = [
        FileProblem(
            line_of(lines, each.path),
            each.path,
            each.zh,
            each.en,
            tuple((lines[path], path) for path in each.against if path in lines),
        )
        for each in problems
    ]
    return sorted(found, key=lambda problem: problem.line or 0)
