"""One row of a table to an item with its overlay, and back. Columns are the fields' names or their Chinese labels."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import cast

from hub.core.catalogue_notation import LINES, BadLine, result, result_line
from hub.domain.catalogue.item import Item, Overlay, Result
from hub.domain.catalogue.labels import CODED, ITEM, OVERLAY, VALUES
from hub.domain.hall.problems import Problem

COLUMNS = (*ITEM, *OVERLAY)
_NUMBERS = frozenset({"legal_days", "promised_days", "intake_days", "tolerance_days", "visits"})
_FLAGS = frozenset({"deemed", "once", "appointment", "self_service", "tolerance", "promise", "complete", "locker"})
_TEXTS = frozenset({"basis", "conditions"})
_WORDS = frozenset({"keywords", "channels"})
_YES, _NO = frozenset({"是", "yes", "true", "1", "√", "y"}), frozenset({"否", "no", "false", "0", "×", "n"})
_BETWEEN = re.compile(r"[、，,;；\s]+")
_CODES = {zh: code for code, (zh, _) in VALUES.items()}
_NAMES = {name: name for name in COLUMNS} | {label[0]: name for name, label in {**ITEM, **OVERLAY}.items()}
_DEFAULTS: Mapping[str, object] = {
    each.name: cast("object", each.default) for each in (*fields(Item), *fields(Overlay)) if each.default is not MISSING
}


def column_of(heading: str) -> str | None:
    """The field under a heading; None for an unknown one."""
    return _NAMES.get(heading.strip()) or _NAMES.get(heading.strip().lower())


def unknown_columns(headings: Iterable[str]) -> list[Problem]:
    """Headings that are no field, with the one that may have been meant."""
    problems: list[Problem] = []
    for heading in headings:
        if heading and column_of(heading) is None:
            near = difflib.get_close_matches(heading, _NAMES, 1)
            zh, en = (f"，是不是 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
            problems.append(Problem(heading[:40], f"没有这一列{zh}", f"there is no such column{en}"))
    return problems


def read_row(cells: Mapping[str, str]) -> tuple[Item | None, Overlay | None, list[Problem]]:
    """Cells by field to an item; an empty cell is the default, an empty ``en`` the Chinese name.

    The item is None when a cell cannot be read; an overlay is there when the row has a category.
    """
    problems: list[Problem] = []
    held: dict[str, object] = {}
    for name in COLUMNS:
        text = cells.get(name, "").strip()
        if not text:
            continue
        try:
            held[name] = _read(name, text)
        except BadLine as bad:
            problems.append(Problem(name, bad.zh, bad.en))
    held.setdefault("en", held.get("zh", ""))
    problems += [
        Problem(name, f"缺少{ITEM[name][0]}", f"{ITEM[name][1]} is missing")
        for name in ("code", "zh", "type", "department")
        if name not in held and not cells.get(name, "").strip()
    ]
    if problems:
        return None, None, problems
    item = Item(**{name: held[name] for name in ITEM if name in held})  # pyright: ignore[reportArgumentType]
    overlay = None
    if "category" in held:
        of_hall = {name: held[name] for name in OVERLAY if name in held}
        overlay = Overlay(item.code, **of_hall)  # pyright: ignore[reportArgumentType]
    return item, overlay, []


def write_row(item: Item, overlay: Overlay | None) -> dict[str, str]:
    """The row that ``read_row`` reads as this item; defaults are empty cells."""
    row: dict[str, str] = {}
    for name in COLUMNS:
        of = item if name in ITEM else overlay
        value = None if of is None else cast("object", getattr(of, name))
        row[name] = "" if value is None or value == _DEFAULTS.get(name, MISSING) else _written(name, value)
    return row


def _read(name: str, text: str) -> object:
    if name in LINES:
        return tuple(_numbered(LINES[name][0], n, line) for n, line in enumerate(_lines(text), 1))
    if name == "result":
        return result(text)
    if name in _TEXTS:
        return tuple(_lines(text))
    if name in _WORDS:
        words = tuple(word for word in _BETWEEN.split(text) if word)
        return tuple(_CODES.get(word, word) for word in words) if name in CODED else words
    if name in _FLAGS:
        if text.lower() in _YES | _NO:
            return text.lower() in _YES
        raise BadLine(f"“{text[:20]}”要写 是 或 否", f'"{text[:20]}" must be yes or no')
    if name in _NUMBERS:
        if not text.isascii() or not text.isdigit() or len(text) > 6:
            raise BadLine(f"“{text[:20]}”不是整数", f'"{text[:20]}" is no whole number')
        return int(text)
    if name == "minutes":
        try:
            return float(text)
        except ValueError:
            raise BadLine(f"“{text[:20]}”不是数字", f'"{text[:20]}" is no number') from None
    return _CODES.get(text, text) if name in CODED else text


def _written(name: str, value: object) -> str:
    if name in LINES:
        return "\n".join(LINES[name][1](each) for each in cast("tuple[object, ...]", value))
    if name == "result":
        return result_line(cast("Result", value))
    if name in _TEXTS:
        return "\n".join(cast("tuple[str, ...]", value))
    if name in _WORDS:
        return "、".join(cast("tuple[str, ...]", value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _numbered(read: Callable[[str], object], n: int, line: str) -> object:
    try:
        return read(line)
    except BadLine as bad:
        raise BadLine(f"第 {n} 条：{bad.zh}", f"entry {n}: {bad.en}") from None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
