"""``hallhub policy``, as docs/policy.md describes it: what is in force, a draft tried on a recorded day, publishing."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hub.cli.configured import settings_of, state_of, text_of
from hub.ops.faults import DONE, MISSING, REFUSED, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.core.policy_file import PolicyDraft
    from hub.domain.hall.plan import QueuePolicy
    from hub.domain.hall.state import HallState
    from hub.settings import Settings
    from hub.views.words import Words


def show(arguments: argparse.Namespace) -> int:
    """Each version that rules now or takes over later, its promises and settings in words."""
    from hub.domain.hall.planning import policy_of

    for ruling in _hall(settings_of(arguments)).profiles:
        print(f"第 {ruling.version} 版，自 {ruling.from_day} 起 Version {ruling.version}, from {ruling.from_day}")
        _describe(policy_of(ruling.profile.policy, ruling.version))
    return DONE


def check(arguments: argparse.Namespace) -> int:
    """Every problem with its lines and fields, exit code 1 when there is one; else what the policy promises."""
    from hub.domain.hall.planning import policy_of

    draft = _draft(cast("Path", arguments.file))
    if draft is None:
        return REFUSED
    print(f"{arguments.file}: 没有错误。 No problems.")
    _describe(policy_of(draft.policy, 0))
    return DONE


def try_out(arguments: argparse.Namespace) -> int:
    """The day in the log under the draft: table, bars and sentences; read-only, also beside a running hub."""
    from hub.core.day_log import day_events, days_of
    from hub.domain.trial.recorded import NoDay
    from hub.log.names import reading_codec
    from hub.log.open import open_reader
    from hub.views.trial.chart import as_svg
    from hub.views.trial.table import as_bars, as_csv, as_table, changes_in_words, trust_in_words
    from hub.views.trial.trial import try_draft

    draft = _draft(cast("Path", arguments.file))
    if draft is None:
        return REFUSED
    with closing(open_reader(settings_of(arguments).log.url)) as reader:
        days = days_of(reader)
        day = cast("str | None", arguments.day) or max(days, default="")
        if day not in days:
            known = "、".join(days[-5:]) or "–"
            raise Fault(
                MISSING,
                f"日志里没有 {day} 这一天，最近有：{known}。",
                f"The log holds no day {day}; the latest: {known}.",
            )
        events = (event for _, event in day_events(reader, reading_codec(), day))
        try:
            trial = try_draft(events, draft, _progress if sys.stderr.isatty() else None)
        except NoDay:
            raise Fault(MISSING, f"{day} 没有开放过。", f"{day} was never opened.") from None
    found = trial.comparison
    print(f"{day} 试算，等候以分钟计；未改动任何规则。 A trial on {day}, waits in minutes; nothing has changed.\n")
    print(as_table(found))
    print(f"\n{as_bars(found)}\n")
    _tell((*changes_in_words(found), *trust_in_words(found)))
    for name, policy in zip(found.names, (trial.before, trial.after), strict=True):
        print(f"\n{name.zh} {name.en}")
        _promise(policy)
    for path, text in ((arguments.chart, as_svg(found)), (arguments.csv, as_csv(found))):
        if path is not None:
            cast("Path", path).write_text(text, encoding="utf-8")
            print(f"→ {path}", file=sys.stderr)
    return DONE


def publish(arguments: argparse.Namespace) -> int:
    """The published profile with the file's policy, through the draft; one that somebody is editing is left alone."""
    from hub.core.draft import Draft
    from hub.core.profile_file import default_profile
    from hub.ops.control import operate

    settings = settings_of(arguments)
    draft = _draft(cast("Path", arguments.file))
    if draft is None:
        return REFUSED
    paths = state_of(settings)
    latest = _hall(settings).latest if paths.log.exists() else None
    profile = draft.over(default_profile() if latest is None else latest.profile)
    paths.draft.parent.mkdir(parents=True, exist_ok=True)
    with Draft(paths.draft) as kept:
        if kept.load() not in (None, profile):
            raise Fault(
                REFUSED,
                "有一份未发布的配置草稿，没有发布规则。请先 hallhub profile publish，或把规则写进草稿。",
                "There is a draft of the profile that is not published; nothing was done. First hallhub profile "
                "publish, or write the policy into that draft.",
            )
        kept.save(profile, None if latest is None else latest.version)
    answer = asyncio.run(operate(settings, "publish-profile", {"effective": arguments.effective}))
    version, day = answer.get("version"), answer.get("from_day")
    if not answer.get("changed", True):
        print(f"与第 {version} 版相同，没有发布。 The same as version {version}; nothing was published.")
    else:
        print(f"已发布第 {version} 版，自 {day} 起生效。 Version {version} is published, in force from {day}.")
    return DONE


def _draft(path: Path) -> PolicyDraft | None:
    """None, the problems told, for a file that holds no policy that may be published."""
    from hub.core.policy_file import load_policy
    from hub.core.toml_file import FileInvalid

    try:
        return load_policy(text_of(path))
    except FileInvalid as invalid:
        for problem in invalid.problems:
            print(f"{path}: {problem}")
        return None


def _hall(settings: Settings) -> HallState:
    from hub.core.hall_log import hall_of
    from hub.log.names import reading_codec
    from hub.log.open import open_reader

    with closing(open_reader(settings.log.url)) as reader:
        return hall_of(reader, reading_codec())


def _describe(policy: QueuePolicy) -> None:
    from hub.views.trial.promises import settings

    _promise(policy)
    print("设置 Settings")
    _tell(settings(policy), "  ")


def _promise(policy: QueuePolicy) -> None:
    from hub.views.trial.promises import promises

    print("承诺 Promises")
    _tell(promises(policy), "  ")


def _tell(said: Iterable[Words], before: str = "") -> None:
    for each in said:
        print(f"{before}{each.zh}\n{before}{each.en}")


def _progress(share: float) -> None:
    end = "\r" if share < 1 else "\n"
    print(f"\r试算 trying {share:4.0%}", end=end, file=sys.stderr, flush=True)
