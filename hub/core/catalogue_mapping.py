"""A mapping file: how a table of somebody else's shape becomes rows of ours. TOML, described in docs/catalogue.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from hub.core.catalogue_row import COLUMNS
from hub.core.toml_file import FileInvalid, located, parse
from hub.domain.hall.problems import Problem

MOST_RULES = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of which every column in ``when`` holds one of its words gets the fields in ``set``."""

    when: Mapping[str, tuple[str, ...]]
    set: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """``columns``: field to column. ``values``: field to a table of the column's texts. ``rules``: for each field the
    first that fits counts, before the table. ``defaults``: what an empty field becomes."""

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    rules: tuple[Rule, ...]
    defaults: Mapping[str, str]

    def missing(self, headings: Sequence[str]) -> list[Problem]:
        """Columns that the mapping reads and the table has not."""
        read = {*self.columns.values(), *(column for rule in self.rules for column in rule.when)}
        return [
            Problem(column[:40], "表里没有这一列", "the table has no such column")
            for column in sorted(read - set(headings))
        ]

    def fields_of(self, column: str) -> list[str]:
        return [name for name, read in self.columns.items() if read == column]

    def apply(self, cells: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
        """The cells by field, and problems of fields whose text a table of values does not know."""
        made: dict[str, str] = {}
        problems: list[Problem] = []
        for rule in self.rules:
            if any(name not in made for name in rule.set) and _fits(rule, cells):
                for name, value in rule.set.items():
                    made.setdefault(name, value)
        for name, column in self.columns.items():
            if name in made:
                continue
            text = cells.get(column, "").strip()
            table = self.values.get(name)
            if table is not None and text:
                if text not in table:
                    problems.append(
                        Problem(column, f"值表里没有“{text[:40]}”", f'"{text[:40]}" is in no table of values')
                    )
                    continue
                text = table[text]
            if text:
                made[name] = text
        for name, value in self.defaults.items():
            made.setdefault(name, value)
        return made, problems


def load_mapping(text: str) -> ColumnMapping:
    """Raises ``FileInvalid`` with lines."""
    values = parse(text)
    problems = list(_problems(values))
    if problems:
        raise FileInvalid(located(text, problems))
    rules = cast("list[dict[str, dict[str, object]]]", values.get("rules", []))
    return ColumnMapping(
        cast("dict[str, str]", values["columns"]),
        cast("dict[str, dict[str, str]]", values.get("values", {})),
        tuple(
            Rule({column: _words(words) for column, words in rule["when"].items()}, cast("dict[str, str]", rule["set"]))
            for rule in rules
        ),
        cast("dict[str, str]", values.get("defaults", {})),
    )


def _fits(rule: Rule, cells: Mapping[str, str]) -> bool:
    return all(any(word in cells.get(column, "") for word in words) for column, words in rule.when.items())


def _words(words: object) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(cast("list[str]", words))


def _problems(values: Mapping[str, object]) -> Iterator[Problem]:
    for key in values:
        if key not in ("columns", "values", "rules", "defaults"):
            yield Problem(key, "只有 columns、values、rules、defaults", "known: columns, values, rules, defaults")
    columns = values.get("columns")
    if not columns:
        yield Problem("columns", "缺少 [columns]", "[columns] is missing")
    for table in ("columns", "defaults"):
        yield from _texts(table, values.get(table, {}), fields=True)
    tables = values.get("values", {})
    if not isinstance(tables, dict):
        yield Problem("values", "应为一组表", "must be a table of tables")
    else:
        for name, table in cast("dict[str, object]", tables).items():
            if name not in COLUMNS:
                yield _no_field(f"values.{name}", name)
            yield from _texts(f"values.{name}", table, fields=False)
    rules = values.get("rules", [])
    if not isinstance(rules, list) or len(cast("list[object]", rules)) > MOST_RULES:
        yield Problem("rules", f"应为至多 {MOST_RULES} 条的列表", f"must be a list of at most {MOST_RULES}")
        return
    for n, rule in enumerate(cast("list[object]", rules)):
        yield from _rule(f"rules[{n}]", rule)


def _rule(path: str, rule: object) -> Iterator[Problem]:
    held = cast("dict[str, object]", rule) if isinstance(rule, dict) else {}
    when, given = held.get("when"), held.get("set")
    if set(held) != {"when", "set"} or not isinstance(when, dict) or not isinstance(given, dict):
        yield Problem(path, "要有 when 和 set 两组", "must have the tables when and set")
        return
    yield from _texts(f"{path}.set", cast("object", given), fields=True)
    for column, words in cast("dict[str, object]", when).items():
        listed = cast("list[object]", words) if isinstance(words, list) else [words]
        if not listed or not all(isinstance(word, str) and word for word in listed):
            yield Problem(f"{path}.when.{column}", "应为文字或文字的列表", "must be text or a list of texts")


def _texts(path: str, table: object, *, fields: bool) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield Problem(path, "应为一组文字", "must be a table of texts")
        return
    for name, value in cast("dict[str, object]", table).items():
        if fields and name not in COLUMNS:
            yield _no_field(f"{path}.{name}", name)
        if not isinstance(value, str):
            yield Problem(f"{path}.{name}", "应为文字（加引号）", "must be text in quotes")


def _no_field(path: str, name: str) -> Problem:
    return Problem(path, f"事项没有字段“{name}”", f'an item has no field "{name}"')
