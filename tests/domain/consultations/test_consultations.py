"""Consultations: both sides add, nobody edits, one answer is the one of record, and the limit is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.calendar_source import from_package
from hub.domain.catalogue.item import Item
from hub.domain.consultations import commands as c
from hub.domain.consultations import events as e
from hub.domain.consultations.coverage import coverage
from hub.domain.consultations.decide import decide, streams_of
from hub.domain.consultations.evolve import evolve
from hub.domain.consultations.state import CHANNELS, Consultation
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.planning import business_day
from hub.domain.hall.profile import Consultations
from hub.domain.hall.state import HallState, ProfileVersion
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from tests.domain.cases.office import refused
from tests.domain.hall.halls import DEFAULT, ms

ID = "d" * 32
QUESTION = Personal(ID, "租赁合同没有备案可以吗？")


class Desk:
    """One consultation; ``on`` moves the time."""

    def __init__(self, within: int = 5, now: str = "2026-03-02 10:00") -> None:
        profile = replace(DEFAULT, consultations=Consultations(within))
        self.hall = HallState([ProfileVersion(1, profile, "2020-01-01")], CalendarVersion(1, from_package()))
        self.asked, self.told = Consultation(), list[e.ConsultationEvent]()
        self.now = ms(now, "Asia/Shanghai")

    @property
    def day(self) -> str:
        return business_day(DEFAULT, self.now)

    def on(self, when: str) -> Desk:
        self.now = ms(when, "Asia/Shanghai")
        return self

    def do(self, command: c.ConsultationCommand):
        decided = decide(self.asked, self.hall if len(streams_of(command)) > 1 else None, command)
        for event in decided.events:
            evolve(self.asked, event)
        self.told += decided.events
        return decided.reply

    def ask(self, channel: str = "web", department: str = "D101", asked_at: int | None = None) -> Desk:
        at = self.now if asked_at is None else asked_at
        self.do(
            c.AskConsultation(
                ID, self.day, self.now, "online", channel, "A02", department, "", None, None, QUESTION, at
            )
        )
        return self

    def add(self) -> None:
        self.do(c.AddQuestion(ID, self.day, self.now, "online", QUESTION, self.now))

    def answer(self, role: str = "reviewer", department: str = "D101", *, record: bool = True, text: str = "可以"):
        return self.do(c.GiveAnswer(ID, self.now, "rev", role, department, text, record))

    def mark(self, n: int):
        return self.do(c.MarkAnswer(ID, self.now, "rev", "reviewer", "D101", n))

    def hand_over(self, to: str, role: str = "reviewer", department: str = "D101"):
        return self.do(c.HandConsultationOver(ID, self.day, self.now, "rev", role, department, to, "属于该部门"))

    def close(self, why: str = "", role: str = "reviewer"):
        return self.do(c.CloseConsultation(ID, self.now, "rev", role, "D101" if role == "reviewer" else "", why))

    def overdue(self):
        return self.do(c.MarkConsultationOverdue(ID, self.now, self.asked.due_at))


def test_the_limit_counts_working_days_from_the_asking_also_in_the_dark() -> None:
    desk = Desk(now="2026-03-11 09:00").ask(asked_at=ms("2026-03-02 22:00", "Asia/Shanghai"))
    assert (desk.asked.due, desk.asked.within) == ("2026-03-09", 5)
    assert desk.overdue().changed
    assert desk.told[-1] == e.ConsultationOverdue(ID, "2026-03-09", desk.asked.due_at)
    assert not desk.overdue().changed


def test_the_answer_of_record_is_marked_and_may_be_another_later() -> None:
    desk = Desk().ask()
    desk.answer(record=False, text="草稿")
    assert (desk.asked.state, desk.asked.record) == ("waiting", 0)
    desk.answer(text="可以，带原件")
    assert (desk.asked.state, desk.asked.record) == ("answered", 2)
    assert not desk.mark(2).changed
    desk.mark(1)
    assert desk.told[-1] == e.AnswerMarked(ID, 1, "草稿", desk.now)
    with refused("no-such-answer"):
        desk.mark(3)


def test_a_further_question_after_an_answer_begins_a_new_limit() -> None:
    desk = Desk().ask()
    desk.on("2026-03-03 10:00").add()
    assert (desk.asked.due, desk.asked.questions) == ("2026-03-09", 2)
    desk.answer()
    desk.on("2026-03-05 10:00").add()
    assert (desk.asked.state, desk.asked.due) == ("waiting", "2026-03-12")


def test_an_answered_question_is_not_overdue() -> None:
    desk = Desk().ask()
    desk.answer()
    assert not desk.on("2026-04-01 10:00").overdue().changed


def test_departments_answer_their_own_clerks_the_general_ones_and_what_they_are_asked() -> None:
    desk = Desk().ask()
    for role, department in (("reviewer", "D102"), ("reviewer", ""), ("clerk", ""), ("attendant", "")):
        with refused("not-your-consultation"):
            desk.answer(role, department)
    desk.hand_over("D102")
    with refused("not-your-consultation"):
        desk.answer()
    desk.answer("reviewer", "D102")
    desk.answer("supervisor", "")
    Desk().ask(department="").answer("clerk", "")
    Desk().ask("phone").answer("clerk", "")


def test_handing_over_keeps_the_limit_and_needs_a_department_that_is_there() -> None:
    desk = Desk().ask()
    due = desk.asked.due
    with refused("no-such-department"):
        desk.hand_over("nowhere")
    desk.hand_over("D102")
    assert (desk.asked.department, desk.asked.due) == ("D102", due)


def test_nothing_is_closed_without_an_answer_or_a_reason_and_then_takes_no_more() -> None:
    desk = Desk().ask()
    with refused("answer-needed"):
        desk.close()
    desk.close("重复咨询")
    assert (desk.asked.state, desk.asked.outcome) == ("closed", "unanswered")
    with refused("consultation-closed"):
        desk.add()
    asker = Desk().ask()
    asker.close(role="")
    assert asker.asked.outcome == "done"


def test_one_id_is_one_consultation_and_what_was_never_asked_is_unknown() -> None:
    with refused("unknown-consultation"):
        Desk().answer()
    with refused("consultation-exists"):
        Desk().ask().ask()
    with refused("bad-value"):
        Desk().ask("fax")


_ACTS = ("add", "answer", "note", "hand_over", "close", "mark", "overdue", "later")


@given(st.lists(st.sampled_from(_ACTS), max_size=25), st.sampled_from(CHANNELS))
def test_whatever_is_done_nothing_said_is_lost_and_the_record_is_one_of_the_answers(acts: list[str], channel: str):
    desk = Desk().ask(channel)
    for act in acts:
        before = len(desk.told)
        try:
            match act:
                case "add":
                    desk.add()
                case "answer":
                    desk.answer("supervisor")
                case "note":
                    desk.answer("supervisor", record=False)
                case "hand_over":
                    desk.hand_over("D102" if desk.asked.department == "D101" else "D101", "supervisor")
                case "close":
                    desk.close("够了", "supervisor")
                case "mark":
                    desk.do(c.MarkAnswer(ID, desk.now, "s", "supervisor", "", 1))
                case "overdue":
                    desk.overdue()
                case _:
                    desk.now += 86_400_000
        except Refused:
            assert len(desk.told) == before
    asked = desk.asked
    answers = [each for each in desk.told if isinstance(each, e.AnswerGiven)]
    assert [each.text for each in asked.answers] == [each.text for each in answers]
    assert [each.n for each in answers] == list(range(1, len(answers) + 1))
    assert 0 <= asked.record <= len(answers)
    assert asked.questions == 1 + sum(isinstance(each, e.QuestionAdded) for each in desk.told)
    assert asked.state != "answered" or asked.record


@pytest.mark.parametrize(("department", "open"), [("D101", 1), ("gone", 0)])
def test_an_item_is_open_to_consultation_when_its_department_is_there(department: str, open: int) -> None:
    found = coverage(DEFAULT, [Item("X", "某事", "some", "licence", department)])
    assert (found.open, found.percent) == (open, 100.0 * open)
