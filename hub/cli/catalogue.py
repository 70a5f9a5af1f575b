"""``hallhub catalogue``, as docs/catalogue.md describes it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from hub.cli.configured import settings_of, state_of
from hub.ops.faults import DONE, REFUSED, Fault

if TYPE_CHECKING:
    from hub.core.catalogue_file import Reading
    from hub.domain.catalogue.difference import Difference
    from hub.domain.catalogue.item import Catalogue
    from hub.domain.catalogue.state import CatalogueState
    from hub.domain.hall.profile import HallProfile
    from hub.settings import Settings

SHOWN = 40
"""Lines of a difference that an import shows; ``diff`` shows all."""


@dataclass(frozen=True, slots=True)
class _Hall:
    """``catalogue``: the version in force, None in a hall without one; ``profile`` the one it is checked under."""

    profile: HallProfile
    catalogue: Catalogue | None


def check(arguments: argparse.Namespace) -> int:
    """Every bad row with its line and reason; exit code 1 when there is one."""
    reading = _read(arguments, _hall(settings_of(arguments)).profile)
    _tell_bad(arguments.file, reading, sys.stdout)
    if reading.bad:
        return REFUSED
    complete = sum(item.complete for item in reading.items)
    print(
        f"{arguments.file}: 没有错误：{len(reading.items)} 个事项，其中 {complete} 个要素齐全。 "
        f"No problems: {len(reading.items)} items, {complete} of them complete."
    )
    return DONE


def diff(arguments: argparse.Namespace) -> int:
    """What the file would change of the version in force."""
    hall = _hall(settings_of(arguments))
    reading = _read(arguments, hall.profile)
    _tell_bad(arguments.file, reading, sys.stderr)
    for line in _difference(hall, reading):
        print(line)
    return REFUSED if reading.bad else DONE


def import_file(arguments: argparse.Namespace) -> int:
    """Read, report, show the difference, and publish when asked; with a bad row nothing, unless told to take the
    good ones."""
    settings = settings_of(arguments)
    _check_date("--publish", arguments.publish)
    _check_date("--until", arguments.until)
    if arguments.until is not None and arguments.publish is None:
        raise Fault(REFUSED, "--until 要和 --publish 一起写。", "--until goes with --publish.")
    hall = _hall(settings)
    reading = _read(arguments, hall.profile)
    if reading.bad:
        _tell_bad(arguments.file, reading, sys.stderr)
        if not arguments.take_good:
            raise Fault(
                REFUSED,
                f"{len(reading.bad)} 行有错误，没有导入。改正后再导入，或用 --take-good 只取没有错误的行。",
                f"{len(reading.bad)} rows are bad and nothing was imported. Mend them, or take the good ones with "
                "--take-good.",
            )
        kept = len(reading.keeping(hall.catalogue).items) - len(reading.items)
        reading = reading.keeping(hall.catalogue)
        print(
            f"跳过 {len(reading.bad)} 行，其中 {kept} 个事项保留现行内容。 "
            f"{len(reading.bad)} rows are left out; {kept} of their items stay as they are in force."
        )
    lines = list(_difference(hall, reading))
    for line in lines[:SHOWN]:
        print(line)
    if len(lines) > SHOWN:
        print(f"…… 另 {len(lines) - SHOWN} 行，hallhub catalogue diff 显示全部。 hallhub catalogue diff shows all.")
    if arguments.publish is None:
        print("没有发布；加 --publish now 或 --publish 2027-01-01 发布。 Not published: --publish now or a date does.")
        return DONE
    return _publish(settings, reading, arguments)


def export(arguments: argparse.Namespace) -> int:
    """The version in force, or the one asked for; before the first start the shipped one."""
    from hub.core.catalogue_file import write_catalogue

    settings = settings_of(arguments)
    if arguments.shipped:
        catalogue = _shipped()
    elif arguments.version is not None:
        catalogue = _state(settings).version(arguments.version)
    else:
        catalogue = _hall(settings).catalogue
    if catalogue is None:
        raise Fault(REFUSED, "没有这样的目录。", "There is no such catalogue.")
    content = write_catalogue(catalogue, arguments.format)
    if arguments.output is None:
        sys.stdout.buffer.write(content)
    else:
        cast("Path", arguments.output).write_bytes(content)
    return DONE


def _publish(settings: Settings, reading: Reading, arguments: argparse.Namespace) -> int:
    from hub.core.catalogue_file import write_json
    from hub.domain.catalogue.item import Catalogue
    from hub.ops.control import LINE_BYTES, operate

    content = write_json(Catalogue(0, reading.items, reading.overlays), indent=None)
    if len(content) > LINE_BYTES * 3 // 4:
        raise Fault(REFUSED, "目录过大，不能发布。", "The catalogue is too large to be published.")
    source = "".join(c for c in cast("Path", arguments.file).name if c.isprintable())[:100]
    values = {"catalogue": content.decode(), "valid_from": arguments.publish, "source": source}
    if arguments.until is not None:
        values["valid_to"] = arguments.until
    answer = asyncio.run(operate(settings, "publish-catalogue", values))
    version, day = answer.get("version"), answer.get("valid_from")
    if not answer.get("changed", True):
        print(f"与第 {version} 版相同，没有发布。 The same as version {version}; nothing was published.")
    else:
        to = "" if arguments.until is None else f"，到 {arguments.until} 为止"
        until = "" if arguments.until is None else f" to {arguments.until}"
        print(
            f"已发布第 {version} 版，自 {day} 起生效{to}。 Version {version} is published, in force from {day}{until}."
        )
    return DONE


def _difference(hall: _Hall, reading: Reading) -> Iterator[str]:
    from hub.domain.catalogue.difference import difference
    from hub.domain.catalogue.item import Catalogue

    found = difference(hall.catalogue, Catalogue(0, reading.items, reading.overlays))
    if not found:
        yield "与现行目录相同。 The same as the catalogue in force."
        return
    added, removed, changed = len(found.added), len(found.removed), len(found.changed)
    yield (
        f"与现行目录相比：新增 {added}，删除 {removed}，变更 {changed}。 "
        f"Against the catalogue in force: {added} added, {removed} removed, {changed} changed."
    )
    yield from _lines(found)


def _lines(found: Difference) -> Iterator[str]:
    for each in found.changed:
        yield f"* {each.code} {each.zh}"
        for field in each.fields:
            (zh, en), (zh_after, en_after) = field.before, field.after
            yield f"    {field.zh}：{zh} → {zh_after} / {field.en}: {en} → {en_after}"
    for item in found.removed:
        yield f"- {item.code} {item.zh}"
    for item in found.added:
        yield f"+ {item.code} {item.zh}"


def _read(arguments: argparse.Namespace, profile: HallProfile) -> Reading:
    from hub.core.catalogue_file import read_catalogue
    from hub.core.catalogue_mapping import load_mapping
    from hub.core.catalogue_table import MOST_BYTES, decoded
    from hub.core.toml_file import FileInvalid

    path: Path = arguments.file
    named = None if arguments.mapping is None else _mapping(arguments.mapping)
    at = named or path
    try:
        mapping = None if named is None else load_mapping(decoded(_bytes(named, MOST_BYTES)))
        at = path
        return read_catalogue(_bytes(path, MOST_BYTES), profile, mapping)
    except FileInvalid as invalid:
        for problem in invalid.problems:
            print(f"{at}: {problem}", file=sys.stderr)
        raise Fault(REFUSED, "文件不能读取，没有导入。", "The file cannot be read; nothing was imported.") from None


def _mapping(asked: Path) -> Path:
    """A file that is there goes before a shipped one of that name. Raises ``Fault``."""
    from hub.core.shipped_mappings import shipped_mapping, shipped_mappings

    if asked.exists():
        return asked
    shipped = shipped_mapping(str(asked))
    if shipped is None:
        known = "、".join(shipped_mappings()) or "–"
        raise Fault(
            REFUSED,
            f"没有对应关系文件 {asked}，也没有随附这个名字的。随附的有：{known}。",
            f"There is no mapping file {asked}, and none of that name is shipped. Shipped: {known}.",
        )
    return shipped


def _bytes(path: Path, most: int) -> bytes:
    """One byte more than is allowed at most, so that a huge file is never in memory."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except IsADirectoryError:
        raise Fault(REFUSED, f"{path} 是目录。", f"{path} is a folder.") from None


def _tell_bad(path: Path, reading: Reading, out: TextIO) -> None:
    from hub.core.toml_file import FileProblem

    for bad in reading.bad:
        for problem in bad.problems:
            told = FileProblem(bad.line, problem.path, problem.zh, problem.en)
            print(f"{path}: {bad.code} {told}", file=out)


def _check_date(option: str, text: str | None) -> None:
    """``now`` stands for a day only where something begins."""
    zh, en = ("now 或日期", "now or a date") if option == "--publish" else ("日期", "a date")
    try:
        if text is not None and not (text == "now" and option == "--publish"):
            date.fromisoformat(text)
    except ValueError:
        raise Fault(REFUSED, f"{option} 后写{zh}，如 2027-01-01。", f"{option} takes {en}.") from None


def _hall(settings: Settings) -> _Hall:
    """What rules today by the server's clock: near enough to show a difference; publishing asks the hub itself."""
    from hub.core.profile_file import default_profile
    from hub.core.rules import FOLDS
    from hub.domain.hall.planning import business_day
    from hub.domain.hall.state import HallState

    if not state_of(settings).log.exists():
        return _Hall(default_profile(), _shipped())
    hall, catalogue = cast("HallState", FOLDS["hall"].fresh()), _state(settings)
    _fold(settings, "hall", hall)
    if hall.latest is None:
        return _Hall(default_profile(), _shipped())
    today = business_day(hall.latest.profile, int(time.time() * 1000))
    ruling = hall.ruling(today) or hall.latest
    return _Hall(ruling.profile, catalogue.ruling(today))


def _state(settings: Settings) -> CatalogueState:
    from hub.core.rules import FOLDS

    state = cast("CatalogueState", FOLDS["catalogue"].fresh())
    if state_of(settings).log.exists():
        _fold(settings, "catalogue", state)
    return state


def _fold(settings: Settings, stream: str, state: object) -> None:
    from hub.core.rules import FOLDS
    from hub.log.keys import Keys
    from hub.log.names import hub_codec
    from hub.log.open import open_reader

    with closing(open_reader(settings.log.url)) as reader, closing(Keys(None)) as keys:
        codec = hub_codec(keys)
        for entry in reader.read_stream(stream):
            FOLDS[stream].evolve(state, codec.decode(entry))  # pyright: ignore[reportArgumentType]


def _shipped() -> Catalogue:
    from hub.core.default_catalogue import default_catalogue
    from hub.core.profile_file import default_profile

    return default_catalogue(default_profile())
