"""Frozen dataclasses from plain values of TOML or JSON, and back; every mismatch names its field."""

from __future__ import annotations

import difflib
import json
import math
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast, get_args, get_origin, get_type_hints

from hub.core.toml_lines import join
from hub.domain.hall.problems import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")

_WORDS = {
    str: ("文字（加引号）", "text in quotes"),
    int: ("整数", "a whole number"),
    float: ("数字", "a number"),
    bool: ("true 或 false", "true or false"),
}


class ShapeMismatch(Exception):
    """The values do not have the shape; ``problems`` names every one that does not."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.en}" for problem in problems))
        self.problems = problems


def shape(kind: type[T], value: object) -> T:
    """``value`` as an instance of the dataclass ``kind``, with its nested ones. Raises ``ShapeMismatch``.

    Known field types: str, int, float (an integer will do), bool, ``X | None``, ``tuple[X, ...]``,
    ``Mapping[str, scalar]`` and dataclasses. Missing fields take their defaults; unknown ones are problems.
    """
    reader = _Reader()
    made = reader.read(kind, value, "")
    if reader.problems:
        raise ShapeMismatch(reader.problems)
    return cast("T", made)


def plain(value: object, row: bool = False) -> object:
    """The value as dicts, lists and scalars, without what holds None; members of lists leave out defaults too."""
    if is_dataclass(value) and not isinstance(value, type):
        held = {f: cast("object", getattr(value, f.name)) for f in fields(value)}
        kept = {f: v for f, v in held.items() if v is not None and not (row and v == _default(f))}
        return {f.name: plain(v, row) for f, v in kept.items()}
    if isinstance(value, Mapping):
        return {str(key): plain(v, row) for key, v in cast("Mapping[object, object]", value).items()}
    if isinstance(value, tuple | list):
        return [plain(v, row=True) for v in cast("tuple[object, ...]", value)]
    return value


def toml(value: Mapping[str, object]) -> str:
    """Plain values as TOML without tables: dotted keys, and lists of mappings as one inline row a line."""
    return "".join(f"{line}\n" for line in _pairs("", value))


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, kind: object, value: object, path: str) -> object:
        origin = get_origin(kind)
        if origin is types.UnionType and types.NoneType in get_args(kind):
            return self.read(next(arg for arg in get_args(kind) if arg is not types.NoneType), value, path)
        if origin is tuple:
            return self._list(get_args(kind)[0], value, path)
        if origin is Mapping:
            return self._options(value, path)
        if isinstance(kind, type) and is_dataclass(kind):
            return self._record(kind, value, path)
        return self._scalar(cast("type", kind), value, path)

    def _record(self, kind: type[DataclassInstance], value: object, path: str) -> object:
        if not isinstance(value, dict):
            return self._wrong(path, "一组字段", "a table of fields")
        given = cast("dict[str, object]", value)
        known = {f.name: f for f in fields(kind)}
        for key in given:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                zh = f"，是不是 {near[0]}？" if near else f"；可用：{'、'.join(known)}"
                en = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"
                self.problems.append(Problem(join(path, key), f"没有这个字段{zh}", f"there is no such field{en}"))
        before = len(self.problems)
        made: dict[str, object] = {}
        for name, hint in _hints(kind).items():
            if name in given:
                made[name] = self.read(hint, given[name], join(path, name))
            elif _default(known[name]) is MISSING:
                optional = types.NoneType in get_args(hint)
                if optional:
                    made[name] = None
                else:
                    self.problems.append(Problem(join(path, name), "缺少这个字段", "this field is missing"))
        return kind(**made) if len(self.problems) == before else None

    def _list(self, kind: object, value: object, path: str) -> object:
        if not isinstance(value, list):
            return self._wrong(path, "列表 [ … ]", "a list [ … ]")
        return tuple(self.read(kind, held, f"{path}[{n}]") for n, held in enumerate(cast("list[object]", value)))

    def _options(self, value: object, path: str) -> object:
        if not isinstance(value, dict):
            return self._wrong(path, "一组选项 { … }", "a table of options { … }")
        options = cast("dict[str, object]", value)
        for key, held in options.items():
            if not isinstance(held, str | int | float) or not _fits_json(held):
                self._wrong(join(path, key), "文字、数字或 true/false", "text, a number, or true or false")
        return dict(options)

    def _scalar(self, kind: type, value: object, path: str) -> object:
        if kind is float and type(value) is int and _fits_json(value):
            return float(value)
        # A boolean is an int to Python, not to people.
        if type(value) is not kind or not _fits_json(value):
            return self._wrong(path, *_WORDS[kind])
        return value

    def _wrong(self, path: str, zh: str, en: str) -> None:
        self.problems.append(Problem(path, f"应为{zh}", f"must be {en}"))


def _fits_json(value: object) -> bool:
    """Whether the log's JSON can hold a number that TOML can: no infinities, and integers of 64 bits."""
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@cache
def _hints(kind: type) -> dict[str, object]:
    return get_type_hints(kind)


def _default(field: Field[object]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _pairs(prefix: str, value: Mapping[str, object]) -> Iterator[str]:
    for key, held in value.items():
        path = join(prefix, _bare(key))
        if isinstance(held, dict) and held:
            yield from _pairs(path, cast("dict[str, object]", held))
        elif isinstance(held, list) and any(isinstance(row, dict) for row in cast("list[object]", held)):
            yield f"{path} = ["
            for row in cast("list[object]", held):
                yield f"  {_inline(row)},"
            yield "]"
        else:
            yield f"{path} = {_inline(cast('object', held))}"


def _inline(value: object) -> str:
    if value == {}:
        return "{}"
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value).items()
        return "{ " + ", ".join(f"{_bare(key)} = {_inline(held)}" for key, held in pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(held) for held in cast("list[object]", value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _quoted(str(value))


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but TOML also wants DEL escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)
