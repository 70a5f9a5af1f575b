"""``hallhub profile`` and ``hallhub calendar``, as docs/profile.md describes them."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from hub.cli.configured import settings_of, state_of, text_of
from hub.ops.faults import DONE, REFUSED, Fault

if TYPE_CHECKING:
    from hub.settings import Settings


def export(arguments: argparse.Namespace) -> int:
    """The newest published profile, or the draft, on standard output."""
    settings = settings_of(arguments)
    if arguments.draft:
        from hub.core.draft import Draft

        path = state_of(settings).draft
        text = None
        if path.exists():
            with Draft(path) as draft:
                text = draft.export_text()
        if text is None:
            raise Fault(REFUSED, "没有草稿。", "There is no draft.")
    else:
        text = _published(settings)
    sys.stdout.write(text)
    return DONE


def check(arguments: argparse.Namespace) -> int:
    """Every problem with its line and field; exit code 1 when there is one."""
    from hub.core.profile_file import load
    from hub.core.toml_file import FileInvalid

    try:
        profile = load(text_of(arguments.file))
    except FileInvalid as invalid:
        for problem in invalid.problems:
            print(f"{arguments.file}: {problem}")
        return REFUSED
    windows, categories = len(profile.windows), len(profile.categories)
    print(
        f"{arguments.file}: 没有错误：{len(profile.floors)} 层、{windows} 个窗口、{categories} 类业务。 "
        f"No problems: {len(profile.floors)} floors, {windows} windows, {categories} categories."
    )
    return DONE


def import_draft(arguments: argparse.Namespace) -> int:
    """The file becomes the draft, also with problems that only publishing refuses; they are told."""
    from hub.core.draft import Draft
    from hub.core.profile_file import ProfileFileInvalid, refuse
    from hub.core.toml_file import FileInvalid
    from hub.domain.hall.check import check as problems_of

    paths = state_of(settings_of(arguments))
    text = text_of(arguments.file)
    paths.draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        with Draft(paths.draft) as draft:
            profile = draft.import_text(text)
    except FileInvalid as invalid:
        for problem in invalid.problems:
            print(f"{arguments.file}: {problem}", file=sys.stderr)
        raise Fault(REFUSED, "没有导入。", "Nothing was imported.") from None
    print("已存为草稿，hallhub profile publish 发布。 Kept as the draft; hallhub profile publish publishes it.")
    try:
        refuse(text, problems_of(profile))
    except ProfileFileInvalid as invalid:
        for problem in invalid.problems:
            print(f"{arguments.file}: {problem}", file=sys.stderr)
        print("改正以上各项后才能发布。 It cannot be published before these are mended.", file=sys.stderr)
    return DONE


def publish(arguments: argparse.Namespace) -> int:
    from hub.ops.control import operate

    settings = settings_of(arguments)
    answer = asyncio.run(operate(settings, "publish-profile", {"effective": arguments.effective}))
    version, day = answer.get("version"), answer.get("from_day")
    if not answer.get("changed", True):
        print(f"与第 {version} 版相同，没有发布。 The same as version {version}; nothing was published.")
    else:
        print(f"已发布第 {version} 版，自 {day} 起生效。 Version {version} is published, in force from {day}.")
    return DONE


def import_calendar(arguments: argparse.Namespace) -> int:
    from hub.core.calendar_source import CalendarFileInvalid, load_calendar
    from hub.ops.control import operate

    settings = settings_of(arguments)
    text = text_of(arguments.file)
    try:
        years = load_calendar(text)
    except CalendarFileInvalid as invalid:
        for problem in invalid.problems:
            print(f"{arguments.file}: {problem}", file=sys.stderr)
        raise Fault(REFUSED, "没有导入。", "Nothing was imported.") from None
    asyncio.run(operate(settings, "publish-calendar", {"text": text}))
    named = ", ".join(str(year.year) for year in years)
    print(f"已发布工作日历：{named}。 The calendar of {named} is published.")
    return DONE


def _published(settings: Settings) -> str:
    from hub.core.hall_log import hall_of
    from hub.core.profile_file import default_text, dump
    from hub.log.names import reading_codec
    from hub.log.open import open_reader

    if not state_of(settings).log.exists():
        return default_text()
    with closing(open_reader(settings.log.url)) as reader:
        latest = hall_of(reader, reading_codec()).latest
    return dump(latest.profile) if latest is not None else default_text()
