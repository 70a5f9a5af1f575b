"""Lists of an item as lines of text: what stands in one cell of a table, and in the catalogue that is shipped.

A line is one material, special step, route step or fee. Its fields are parted by ``|``, its last field holds words
parted by ``,``: ``M1 | 居民身份证 | ID card | secondary, grade B, reuse id-card``. Where one of these or a ``\\``
belongs to a text it has a ``\\`` before it. docs/catalogue.md lists the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation

from hub.domain.catalogue.item import ANY, ESCALATE, PASS, WAIT, Fee, MaterialRule, Result, RouteStep, SpecialStep

_BAR = re.compile(r"(?<!\\)[|｜]")
_COMMA = re.compile(r"(?<!\\)[,，]")
_ESCAPED = re.compile(r"\\(.)")
_SPECIAL = re.compile(r"([\\|｜,，])")


class BadLine(Exception):
    """``zh`` and ``en`` say what is wrong with a line."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def material(line: str) -> MaterialRule:
    """``code | zh | en | words``; words: ``main``, ``secondary``, ``dropped`` (asked for before, not now), ``added``
    (now, not before), ``waivable``, ``grade B``, ``reuse NAME``, ``valid DAYS``. Raises ``BadLine``."""
    (code, zh, en), said = _fields(line, 3)
    main, before, now, waivable, grade, reuse = True, True, True, False, "C", ""
    valid: int | None = None
    for word, value in said:
        match word, value:
            case "main", "":
                main = True
            case "secondary", "":
                main = False
            case "dropped", "":
                now = False
            case "added", "":
                before = False
            case "waivable", "":
                waivable = True
            case "grade", value if value:
                grade = value
            case "reuse", value if value:
                reuse = value
            case "valid", value if value:
                valid = _whole(value)
            case _:
                raise _unknown(word, value)
    return MaterialRule(code, zh, en, main, before, now, waivable, grade, reuse, valid)


def material_line(of: MaterialRule) -> str:
    words = ["main" if of.main else "secondary"]
    if not of.now:
        words.append("dropped")
    if not of.before:
        words.append("added")
    if of.waivable:
        words.append("waivable")
    if of.grade != "C":
        words.append(f"grade {of.grade}")
    if of.reuse:
        words.append(f"reuse {of.reuse}")
    if of.valid_days is not None:
        words.append(f"valid {of.valid_days}")
    return _line((of.code, of.zh, of.en), words)


def special_step(line: str) -> SpecialStep:
    """``code | zh | en | stops`` (its time does not count) or ``counts``. Raises ``BadLine``."""
    (code, zh, en), said = _fields(line, 3)
    match said:
        case [("stops", "")]:
            return SpecialStep(code, zh, en, True)
        case [("counts", "")]:
            return SpecialStep(code, zh, en, False)
        case _:
            raise BadLine("最后一格写 stops 或 counts", "the last field is stops or counts")


def special_step_line(of: SpecialStep) -> str:
    return _line((of.code, of.zh, of.en), ["stops" if of.excluded else "counts"])


def route_step(line: str) -> RouteStep:
    """``id | zh | en | department | words``; words: ``role NAME``, ``after ID ID``, ``any``, ``days N``,
    ``no opinion``, ``pass``, ``wait``, ``escalate``, ``lead``. Raises ``BadLine``."""
    (id_, zh, en, department), said = _fields(line, 4)
    role, after, join, days, opinion, on_timeout, lead = "reviewer", (), "all", 1, True, ESCALATE, False
    for word, value in said:
        match word, value:
            case "role", value if value:
                role = value
            case "after", value if value:
                after = tuple(value.split())
            case "any", "":
                join = ANY
            case "days", value if value:
                days = _whole(value)
            case "no", "opinion":
                opinion = False
            case (("pass" | "wait" | "escalate"), ""):
                on_timeout = {"pass": PASS, "wait": WAIT}.get(word, ESCALATE)
            case "lead", "":
                lead = True
            case _:
                raise _unknown(word, value)
    return RouteStep(id_, zh, en, department, role, after, join, days, opinion, on_timeout, lead)


def route_step_line(of: RouteStep) -> str:
    words = [f"role {of.role}"] if of.role != "reviewer" else []
    words += [f"after {' '.join(of.after)}"] if of.after else []
    words += ["any"] if of.join == ANY else []
    words.append(f"days {of.days}")
    words += [] if of.opinion else ["no opinion"]
    words += [] if of.on_timeout == ESCALATE else [of.on_timeout]
    words += ["lead"] if of.lead else []
    return _line((of.id, of.zh, of.en, of.department), words)


def fee(line: str) -> Fee:
    """``zh | en | yuan | basis``, yuan as ``80`` or ``4.50``. Raises ``BadLine``."""
    parts = _split(line)
    if len(parts) != 4:
        raise BadLine("收费写四格：名称 | 英文 | 元 | 依据", "a fee has four fields: zh | en | yuan | basis")
    try:
        yuan = Decimal(parts[2])
        fen = yuan * 100
        whole = fen == fen.to_integral_value() and abs(fen) < 10**15
    except InvalidOperation:
        whole, fen = False, Decimal(0)
    if not whole:
        raise BadLine(f"“{parts[2][:20]}”不是金额", f'"{parts[2][:20]}" is no amount of yuan')
    return Fee(parts[0], parts[1], int(fen), parts[3])


def fee_line(of: Fee) -> str:
    return " | ".join(_escape(each) for each in (of.zh, of.en, f"{Decimal(of.amount) / 100:f}", of.basis))


def result(line: str) -> Result:
    """``kind | zh | en``, with ``| valid DAYS`` for one that ends. Raises ``BadLine``."""
    (kind, zh, en), said = _fields(line, 3)
    match said:
        case []:
            return Result(kind, zh, en)
        case [("valid", value)] if value:
            return Result(kind, zh, en, _whole(value))
        case _:
            raise BadLine("最后一格写 valid 天数", "the last field is valid DAYS")


def result_line(of: Result) -> str:
    return _line((of.kind, of.zh, of.en), [] if of.valid_days is None else [f"valid {of.valid_days}"])


LINES: dict[str, tuple[Callable[[str], object], Callable[..., str]]] = {
    "materials": (material, material_line),
    "special_steps": (special_step, special_step_line),
    "route": (route_step, route_step_line),
    "fees": (fee, fee_line),
}
"""By field of an item: how a line is read and written."""


def _fields(line: str, named: int) -> tuple[list[str], list[tuple[str, str]]]:
    parts = _split(line, named)
    if not named <= len(parts) <= named + 1:
        raise BadLine(f"要有 {named} 或 {named + 1} 格，用 | 分开", f"write {named} or {named + 1} fields parted by |")
    words = parts[named] if len(parts) > named else ""
    return parts[:named], [_word(each) for each in _COMMA.split(words) if each.strip()]


def _word(text: str) -> tuple[str, str]:
    word, _, value = _ESCAPED.sub(r"\1", text).strip().partition(" ")
    return word.lower(), value.strip()


def _split(line: str, kept: int | None = None) -> list[str]:
    """The fields; those from ``kept`` on stay escaped, since their commas are looked at next."""
    parts = [part.strip() for part in _BAR.split(line)]
    return [part if kept is not None and n >= kept else _ESCAPED.sub(r"\1", part) for n, part in enumerate(parts)]


def _line(texts: Sequence[str], words: Iterable[str]) -> str:
    said = ", ".join(_escape(word) for word in words)
    return " | ".join([*(_escape(text) for text in texts), *([said] if said else [])])


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadLine(f"“{text[:20]}”不是整数", f'"{text[:20]}" is no whole number')
    return int(text)


def _unknown(word: str, value: str) -> BadLine:
    shown = f"{word} {value}".strip()[:40]
    return BadLine(f"不认识“{shown}”", f'"{shown}" is not known here')
