"""Causes and remedies in words, and the act behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue import advice as a
from hub.domain.queue import causes as k
from hub.domain.queue import commands as c
from hub.domain.queue.advice import Remedy, counsel
from hub.domain.queue.causes import Cause
from hub.views.remedies import Counselled, cause_words, counselled, line_words, press, remedy_words
from tests.domain.queue.hall import Hall
from tests.domain.queue.troubled import halls
from tests.views.day import DATE, Morning


def _counselled(morning: Morning) -> Counselled:
    return counselled(morning.day, counsel(morning.day, morning.now))


@given(st.one_of(halls(), halls(frozen=True)))
def test_every_trouble_is_said_in_both_languages_without_a_hole(hall: Hall) -> None:
    said = counselled(hall.day, counsel(hall.day, hall.at))
    words = [each for row in said.troubles for each in (row.lines, row.cause, row.remedy)]
    words += [row.words for row in said.openings]
    assert all(each.zh and each.en for each in words)
    assert not [each for each in words if "None" in each.zh or "None" in each.en]
    assert all(row.press is not None for row in said.openings)


def test_a_paused_window_reads_as_a_cause_and_its_resumption_as_the_remedy() -> None:
    morning = Morning()
    morning.open("221")
    morning.do(c.SignInClerk(DATE, morning.now, "221", "王芳"))
    morning.do(c.PauseWindow(DATE, morning.now, "221", "午餐"))
    morning.take("P", floor=2)
    morning.later(31)
    (row,) = _counselled(morning).troubles
    assert (row.lines.zh, row.floors, row.waiting, row.longest) == ("P 出件", "2", 1, 31)
    assert row.cause.zh == "1 个窗口里 1 个暂停（午餐 1）"
    assert row.remedy.zh.startswith("请 221 号窗口（王芳）恢复叫号，P 最多等 ")
    assert row.remedy.en.startswith("ask 221 (王芳) to resume: P waits ")
    assert row.press is not None
    assert (row.press.path, row.press.body) == (
        "windows/221/open",
        {"seen": morning.day.windows["221"].version},
    )


def test_lines_with_one_cause_are_one_trouble() -> None:
    morning = Morning()
    for category in "EFG":
        morning.take(category)
        morning.later(1)
    morning.later(31)
    (row,) = _counselled(morning).troubles
    assert row.lines.zh == "E 人力社保 和 F G"
    assert (row.waiting, row.longest) == (3, 34)


@pytest.mark.parametrize("code", k.CAUSES)
def test_every_cause_has_a_sentence_of_its_own(code: str) -> None:
    others = {cause_words(Cause(other, ("101",), 2)).zh for other in k.CAUSES if other != code}
    assert cause_words(Cause(code, ("101",), 2)).zh not in others


def test_a_loan_says_what_for_and_is_posted_with_its_end() -> None:
    day = Morning().day
    remedy = Remedy(a.RESKILL, "E/2", "116", 40, 30, ("P", "E"), ("E",), 1_795_400_000_000)
    assert remedy_words(day, remedy).zh == "116 号窗口兼办 E 一小时（潮汐），E 最多等 40 → 30 分"
    said = press(day, remedy)
    assert said is not None
    assert said.body == {"categories": ["P", "E"], "until": "2026-11-23T02:13:20Z"}


def test_what_is_no_act_of_the_hub_has_no_button() -> None:
    day = Morning().day
    assert press(day, Remedy(a.ASK, "A/1", "101")) is None
    assert press(day, Remedy(a.STEER, "A/1")) is None


def test_lines_are_called_as_people_call_them() -> None:
    morning = Morning()
    morning.take("A", also=("E",))
    assert line_words(morning.day, "@112").zh == "112 号窗口"
    assert line_words(morning.day, "A/1").en == "A New enterprises"
