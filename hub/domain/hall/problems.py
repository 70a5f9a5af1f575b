"""Problems of what people wrote, and the checks and sentences that many fields share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """``path`` is the field; ``zh`` and ``en`` tell the person who edits the profile what to do.

    ``against``: the fields it contradicts, as far as they are written down.
    """

    path: str
    zh: str
    en: str
    against: tuple[str, ...] = ()


def topic_name(path: str, value: str) -> Iterator[Problem]:
    if not NAME.fullmatch(value):
        yield Problem(
            path,
            f"“{value}”只能用 1 到 64 个字母、数字、点、下划线、短横",
            f'"{value}" must be 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-"',
        )


def named(path: str, zh: str, en: str, longest: int = LONGEST_NAME) -> Iterator[Problem]:
    if not zh.strip():
        yield Problem(f"{path}.zh", "要写中文名称", "a Chinese name is needed")
    if not en.strip():
        yield Problem(f"{path}.en", "要写英文名称", "an English name is needed")
    yield from labelled(path, zh, en, longest)


def labelled(path: str, zh: str, en: str, longest: int = LONGEST_NAME) -> Iterator[Problem]:
    yield from one_line(f"{path}.zh", zh, longest)
    yield from one_line(f"{path}.en", en, longest)


def one_line(path: str, text: str, longest: int) -> Iterator[Problem]:
    # Names go to printers and displays, where a control character is a command.
    if not text.isprintable() or len(text) > longest:
        yield Problem(
            path,
            f"名称要在一行内，最多 {longest} 个字，不含控制字符",
            f"must be one line of at most {longest} characters, without control characters",
        )


def on_floor(path: str, floor: int, floors: Iterable[int]) -> Iterator[Problem]:
    if floor not in floors:
        yield missing(path, "楼层", "floor", floor)


def unique(path: str, field: str, values: Iterable[str | int]) -> Iterator[Problem]:
    seen: set[str | int] = set()
    for n, value in enumerate(values):
        if value in seen:
            yield twice(f"{path}[{n}].{field}".rstrip("."), value)
        seen.add(value)


def within(path: str, value: int, low: int, high: int) -> Iterator[Problem]:
    if not low <= value <= high:
        yield out_of_range(path, value, low, high)


def twice(path: str, value: str | int) -> Problem:
    return Problem(path, f"“{value}”重复出现", f'"{value}" stands twice')


def missing(path: str, zh: str, en: str, value: str | int) -> Problem:
    return Problem(path, f"没有{zh}“{value}”", f'there is no {en} "{value}"')


def out_of_range(path: str, value: float, low: float, high: float) -> Problem:
    return Problem(path, f"{value} 不在 {low} 到 {high} 之间", f"{value} is not between {low} and {high}")


def no_choice(path: str, value: str, known: Iterable[str]) -> Problem:
    words = ", ".join(known)
    return Problem(path, f"“{value}”应为其中之一：{words}", f'"{value}" must be one of: {words}')


def no_clock(path: str, value: str) -> Problem:
    return Problem(path, f"“{value}”要写成 09:00 这样的时间", f'"{value}" must be a time of day like 09:00')
