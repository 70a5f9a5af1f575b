"""A real office's real day under three policies, compared: ``python -m hub.demo.office.policies FILE OFFICE DATE``.

1. Each queue has its own windows, first come first called: how the office worked.
2. Comprehensive windows (综合窗口): every window serves every queue, first come first called.
3. Comprehensive windows that prefer their own queue by 5 minutes, with a wait bounded at 30 minutes, elderly people
   (15 in 100, drawn from a seed) 15 minutes ahead and one call in three for them in a rush.

The same people come in all three, the same windows are open, and each service lasts as long.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.demo.office.flow import flow_of
from hub.demo.office.office_file import OfficeFileInvalid, OfficeSamples, read_office
from hub.demo.office.office_profile import TIMEZONE, places_of, profile_of
from hub.demo.office.office_script import ELDERLY, at_work, office_script, with_elderly
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.plan import DayPlan, PriorityClass, QueuePolicy
from hub.domain.hall.planning import plan_for
from hub.domain.trial.rerun import rerun
from hub.views.trial.chart import as_svg
from hub.views.trial.comparison import Comparison, compare
from hub.views.trial.table import as_csv, as_table, changes_in_words, trust_in_words
from hub.views.words import Words

ELDERLY_SHARE = 0.15


def three_policies(office: OfficeSamples, seed: int = 1) -> Comparison:
    """Raises ``ValueError`` for a day that cannot be planned."""
    places = at_work(places_of([flow_of(queue) for queue in office.queues]))
    plan = plan_for(profile_of(office.office, office.date, places), 1, CalendarVersion(0), office.date)
    midnight = int(datetime.fromisoformat(office.date).replace(tzinfo=ZoneInfo(TIMEZONE)).timestamp()) * 1000
    script = with_elderly(office_script(places, plan, midnight), ELDERLY_SHARE, seed)
    whole = comprehensive(plan)
    return compare(
        script,
        [
            (Words("各队列各自的窗口，先到先叫", "Own windows, first come"), rerun(script)),
            (Words("综合窗口，先到先叫", "Comprehensive windows, first come"), rerun(script, whole)),
            (
                Words("综合窗口，主类别优先、限时、老年优先", "Comprehensive, home first, bounded wait, elderly"),
                rerun(script, replace(whole, policy=bounded(whole.policy))),
            ),
        ],
    )


def comprehensive(plan: DayPlan) -> DayPlan:
    """Every window serves every queue."""
    letters = tuple(queue.letter for queue in plan.queues)
    return replace(plan, windows=tuple(replace(window, categories=letters) for window in plan.windows))


def bounded(policy: QueuePolicy) -> QueuePolicy:
    """The third policy."""
    return replace(
        policy,
        classes=(PriorityClass(ELDERLY, "老年人", "Elderly", 15),),
        home_credit_minutes=5,
        long_wait_minutes=30,
        rush_share=3,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hub.demo.office.policies", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("office", metavar="OFFICE")
    parser.add_argument("date", metavar="DATE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chart", type=Path, metavar="FILE.svg")
    parser.add_argument("--csv", type=Path, metavar="FILE.csv")
    asked = parser.parse_args(argv)
    try:
        found = three_policies(read_office(asked.file, asked.office, asked.date), asked.seed)
    except OfficeFileInvalid as invalid:
        sys.stderr.write(f"{invalid}\n")
        return 2
    told = [*changes_in_words(found), *trust_in_words(found)]
    sys.stdout.write(as_table(found) + "\n\n" + "".join(f"{each.zh}\n{each.en}\n" for each in told))
    if asked.chart is not None:
        asked.chart.write_text(as_svg(found, asked.office), encoding="utf-8")
    if asked.csv is not None:
        asked.csv.write_text(as_csv(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
