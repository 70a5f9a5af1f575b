"""The review over HTTP: whose turn, who wins, what a lead merges, and that nobody reads opinions too early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.web.reviews import Office, in_review, open_office
from tests.web.running import Hall

DAY = 24 * 3600_000


@pytest.fixture
async def office(hall: Hall) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        yield await open_office(hall, stack)


async def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told_by_whom(office: Office) -> None:
    case = await in_review(office.hall.hub)
    path = f"/cases/{case}/steps/draw/claim"
    answers = await asyncio.gather(office.post("wang", path), office.post("zhao", path))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status_code == 409).json()
    assert lost["code"] == "step-claimed"
    assert lost["facts"]["by"] in lost["detail"]["zh"]


async def test_the_same_opinion_sent_twice_is_one_opinion(office: Office) -> None:
    case = await in_review(office.hall.hub)
    path = f"/cases/{case}/steps/draw/opinion"
    first = await office.post("wang", path, key="once", verdict="agree", text="图纸齐全")
    again = await office.post("wang", path, key="once", verdict="agree", text="图纸齐全")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert await office.refused("wang", path, verdict="agree", text="图纸齐全") == "step-not-open"


async def test_a_mandatory_opinion_without_words_is_refused(office: Office) -> None:
    case = await in_review(office.hall.hub)
    assert await office.refused("wang", f"/cases/{case}/steps/draw/opinion", verdict="agree") == "reason-needed"


async def test_a_step_is_for_its_department_and_an_approvers_for_its_head(office: Office) -> None:
    case = await in_review(office.hall.hub)
    path = f"/cases/{case}/steps"
    assert await office.refused("ren", f"{path}/draw/claim") == "other-department"
    assert await office.refused("clerk", f"{path}/draw/claim") == "not-allowed"
    assert await office.refused("supervisor", f"{path}/draw/claim") == "other-department"
    for who, step in (("wang", "draw"), ("ren", "air"), ("lin", "green")):
        await office.opine(who, case, step)
    assert await office.refused("wang", f"{path}/sum/opinion", verdict="agree", text="同意") == "head-needed"
    await office.opine("sun", case, "sum")


async def test_the_lead_merges_what_the_parties_sent_back_into_one_notice(office: Office) -> None:
    case = await in_review(office.hall.hub)
    seen = f"/cases/{case}/review"
    missing = [{"material": "drawing", "what": "人防出入口未标注"}]
    sun = [{"material": "sun", "what": "缺冬至日日照"}]
    await office.opine("ren", case, "air", "return", "需修改", defects=missing)
    assert (await office.get("wang", seen))["defects"] == []
    assert [each["what"] for each in (await office.get("ren", seen))["defects"]] == ["人防出入口未标注"]
    assert await office.refused("wang", f"/cases/{case}/review/correction") == "opinions-outstanding"
    await office.opine("lin", case, "green", "return", "需补充", defects=sun)
    await office.opine("zhao", case, "draw")
    pane = await office.get("wang", seen)
    assert pane["kind"] == "correct"
    assert [each["what"] for each in pane["defects"]] == ["人防出入口未标注", "缺冬至日日照"]
    assert await office.refused("lin", f"/cases/{case}/review/correction") == "not-lead"
    assert (await office.do("wang", f"/cases/{case}/review/correction", days=10))["state"] == "correction"
    told = (await office.get("clerk", f"/cases/{case}"))["history"][-1]
    assert "人防出入口未标注" in told["note"]
    assert "缺冬至日日照" in told["note"]


async def test_an_opinion_goes_back_to_an_earlier_step(office: Office) -> None:
    case = await in_review(office.hall.hub, "C01")
    await office.opine("shi", case, "examine")
    await office.opine("shi", case, "visit", "return", "地址有误，重审", to="examine")
    assert (await office.get("shi", f"/cases/{case}/review"))["step"] == "examine"


async def test_the_department_at_the_routes_end_decides(office: Office) -> None:
    case = await in_review(office.hall.hub)
    decide = f"/cases/{case}/review/decide"
    assert await office.refused("sun", decide, granted=True) == "review-not-done"
    for who, step in (("wang", "draw"), ("ren", "air"), ("lin", "green"), ("sun", "sum")):
        await office.opine(who, case, step)
    assert await office.refused("ren", decide, granted=True) == "other-department"
    assert await office.refused("wang", decide, granted=True) == "head-needed"
    assert await office.refused("clerk", decide, granted=True) == "not-allowed"
    assert (await office.do("sun", decide, granted=True, result="规许2026-1"))["state"] == "decided"


async def test_an_objection_stands_until_the_grant_says_why(office: Office) -> None:
    case = await in_review(office.hall.hub, "C01")
    await office.opine("shi", case, "examine")
    await office.opine("shi", case, "visit", "object", "场所不符")
    decide = f"/cases/{case}/review/decide"
    assert await office.refused("zhou", decide, granted=True) == "objection-stands"
    await office.do("zhou", decide, granted=False, reasons="场所不符合要求", basis="食品安全法第三十五条")


async def test_an_extension_has_its_approver(office: Office) -> None:
    food, joint = await in_review(office.hall.hub, "C01"), await in_review(office.hall.hub)
    words = {"reason": "需进一步核查", "notice": "延期通知书 1 号"}
    assert await office.refused("shi", f"/cases/{food}/review/extend", **words) == "head-needed"
    assert await office.refused("ren", f"/cases/{food}/review/extend", **words) == "other-department"
    await office.do("zhou", f"/cases/{food}/review/extend", **words)
    assert await office.refused("zhou", f"/cases/{food}/review/extend", **words) == "extension-used"
    assert await office.refused("sun", f"/cases/{joint}/review/extend", **words) == "wrong-approver"
    named = {"approver": "区长", "approver_role": "government-head"}
    await office.do("supervisor", f"/cases/{joint}/extend", **words, **named)


async def test_an_escalated_step_is_the_supervisors_too(office: Office) -> None:
    case = await in_review(office.hall.hub)
    step = f"/cases/{case}/steps/air"
    assert await office.refused("ren", f"{step}/escalate") == "reason-needed"
    assert await office.refused("wang", f"{step}/escalate", why="x") == "other-department"
    await office.do("ren", f"{step}/escalate", why="标准有争议")
    inbox = await office.get("supervisor", "/inbox")
    assert [(task["case"], task["step"]) for task in inbox["tasks"]] == [(case, "air")]
    await office.opine("supervisor", case, "air")


async def test_a_step_is_reassigned_by_a_supervisor_or_the_head(office: Office) -> None:
    case = await in_review(office.hall.hub)
    step = f"/cases/{case}/steps/draw"
    await office.do("wang", f"{step}/claim")
    assert await office.refused("zhao", f"{step}/assign", to="zhao", why="x") == "other-department"
    assert await office.refused("supervisor", f"{step}/assign", to="ren", why="x") == "not-reviewer"
    assert await office.refused("sun", f"{step}/assign", to="zhao") == "reason-needed"
    await office.do("sun", f"{step}/assign", to="zhao", why="王出差")
    assert await office.refused("wang", f"{step}/opinion", verdict="agree", text="x") == "step-claimed"
    await office.do("supervisor", f"{step}/assign", to="wang", why="回来了")
    await office.opine("wang", case, "draw")


async def test_leave_hands_over_the_whole_inbox_and_back(office: Office) -> None:
    hub = office.hall.hub
    case = await in_review(hub)
    await office.do("wang", f"/cases/{case}/steps/draw/claim")
    days = {"first": hub.today, "last": "2026-11-27"}
    assert await office.refused("wang", "/inbox/leave", to="ren", **days) == "not-reviewer"
    assert await office.refused("zhao", "/inbox/leave", to="zhao", reviewer="wang", **days) == "head-needed"
    await office.do("wang", "/inbox/leave", to="zhao", **days)
    assert [each["whose"] for each in (await office.get("zhao", "/inbox"))["tasks"]] == ["leave"]
    assert len((await office.get("zhao", "/inbox?of=leave"))["tasks"]) == 1
    await office.do("wang", "/inbox/leave/back")
    assert [each["whose"] for each in (await office.get("zhao", "/inbox"))["tasks"]] == ["other"]
    await office.do("sun", "/inbox/leave", to="zhao", reviewer="wang", **days)
    await office.opine("zhao", case, "draw")


async def test_the_inbox_opens_on_what_is_due_and_keeps_stopped_clocks_apart(office: Office) -> None:
    hub, clock = office.hall.hub, office.hall.clock
    first = await in_review(hub, "C01")  # its 20 working days end on Monday, 21 December
    clock.advance(26 * DAY)
    await hub.keep()
    second, third = await in_review(hub, "C01"), await in_review(hub, "C01")
    await office.do("shi", f"/cases/{third}/review/special/start", step="test", notice="检验通知书", days=10)
    inbox = await office.get("shi", "/inbox")
    assert [task["case"] for task in inbox["tasks"]] == [first, second]
    assert inbox["tasks"][0]["light"] in ("yellow", "red")
    apart = await office.get("shi", "/inbox?stopped=true")
    assert {task["case"] for task in apart["tasks"]} == {third}
    assert {task["light"] for task in apart["tasks"]} == {"stopped"}


async def test_deadlines_name_departments_without_reviewers_and_what_would_mend_it(office: Office) -> None:
    case = await in_review(office.hall.hub, "M01")
    found = await office.get("supervisor", "/deadlines?light=yellow")
    fire = next(each for each in found["departments"] if each["department"] == "D311")
    assert (fire["reviewers"], fire["later"]) == (0, 1)
    late = next(each for each in found["cases"] if each["case"] == case)
    assert late["why_zh"] == "消防支队没有审查人员"
    assert late["remedies"][0] == "escalate"
    assert await office.refused("wang", "/inbox/leave", to="x", first="2026-11-23", last="2026-11-23") == "not-reviewer"
    assert (await office.people["wang"].get("/api/v1/deadlines")).status_code == 403
