"""Messages about a case: each once, to the person behind it, with the name masked and nothing else personal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.core.case_messages import CaseMessages, message_of
from hub.core.clock import ManualClock
from hub.core.reactions import Reactions
from hub.domain.cases import commands as c
from hub.log.cursors import Cursors
from hub.log.entry import Entry
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.notices.file_sink import FileSink
from hub.notices.port import Message
from tests.core.test_case_clock import begun, do, open_case
from tests.domain.cases.office import CASE, IMMEDIATE, LICENCE, PERSON, PLAIN, Office
from tests.domain.hall.halls import DEFAULT, ms
from tests.views.cases.shelf import Shelf, case_id

HALL = DEFAULT.hall


def told(office: Office) -> list[Message]:
    shelf = Shelf()
    shelf.put(office)
    entries: list[Entry] = shelf.log.read(0, 1000)
    found = [message_of(entry, shelf.log, shelf.codec, HALL) for entry in entries]
    return [each for each in found if each is not None]


def test_an_accepted_case_tells_number_and_promised_day_to_the_person() -> None:
    office = Office().accepted()
    [message] = told(office)
    assert (message.kind, message.to, message.case) == ("accepted", PERSON, office.case.number)
    assert office.due("promised") in message.zh
    assert "张*" in message.zh
    assert "张三" not in message.zh + message.en
    assert LICENCE.en in message.en
    assert len(message.id) == 64


def test_a_case_without_a_limit_promises_no_day() -> None:
    office = Office().accepted(
        type(LICENCE)("X-1", "备案", "filing", "public-service", "wj", materials=LICENCE.materials)
    )
    [message] = told(office)
    assert "承诺" not in message.zh


def test_a_correction_names_its_materials_in_both_languages() -> None:
    office = Office()
    office.open()
    office.correct("lease", "photo")
    [message] = told(office)
    assert (message.kind, "租赁合同、照片" in message.zh, "lease, photograph" in message.en) == (
        "correction",
        True,
        True,
    )
    assert office.due("correction") in message.zh


def test_a_decision_is_ready_until_it_was_handed_over() -> None:
    office = Office().accepted(PLAIN)
    office.decide()
    assert [each.kind for each in told(office)] == ["accepted", "ready"]
    office.do(c.DeliverResult(CASE, office.now, "li", "window"))
    assert [each.kind for each in told(office)] == ["accepted"]


def test_a_result_handed_over_in_the_same_sitting_is_not_announced() -> None:
    office = Office()
    office.open(IMMEDIATE)
    office.supply("form", "id", "lease", "photo")
    office.accept(resolution=c.Resolution(True))
    office.do(c.DeliverResult(CASE, office.now, "li", "window"))
    assert "ready" not in [each.kind for each in told(office)]


def test_what_is_owed_is_asked_for_before_it_is_late_and_told_when_it_is() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.supply("form", "id", "photo")
    due = office.almanac.add(office.day, 4).date
    office.accept(owed=("lease",), due=due)
    for moment in (office.case.chase[-1], office.almanac.ends(due)):
        office.now = moment
        office.tick()
    messages = [each for each in told(office) if each.kind == "overdue"]
    assert ["到期" in each.zh for each in messages] == [True, False]
    assert "已过" in messages[-1].zh
    assert all("租赁合同" in each.zh and due in each.zh for each in messages)


def test_an_applicant_that_was_changed_gets_the_message() -> None:
    office = Office()
    office.open()
    other = "b" * 32
    who = type(office.told[0].name)(other, "李四")  # type: ignore[union-attr]
    office.do(c.ChangeApplicant(CASE, office.now, "li", "person", other, who, who))
    office.supply("form", "id", "lease", "photo")
    office.accept()
    [message] = told(office)
    assert (message.to, "李*" in message.zh) == (other, True)


async def test_a_message_is_handed_over_once_however_often_the_log_is_read(tmp_path: Path) -> None:
    hub = await begun(MemoryLog(), ManualClock(ms("2026-03-02 10:00", "Asia/Shanghai")), Keys(None))
    for n in (1, 2):
        await open_case(hub, n, accept=True)
    await do(hub, c.WithdrawCase(case_id(2), hub.now(), "li", "不办了"))
    for _ in range(3):
        sink = FileSink(tmp_path, "Asia/Shanghai")
        await Reactions(hub, hub.log, Cursors(None), [CaseMessages(hub, hub.log, sink)]).catch_up()
    written = lines(tmp_path)
    assert [each["kind"] for each in written] == ["accepted", "accepted"]
    assert len({each["id"] for each in written}) == 2


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


@pytest.mark.parametrize("item", [LICENCE, PLAIN])
def test_asking_again_gives_the_same_message(item) -> None:
    office = Office().accepted(item)
    shelf = Shelf()
    shelf.put(office)
    for entry in shelf.log.read(0, 100):
        once = message_of(entry, shelf.log, shelf.codec, HALL)
        assert once == message_of(entry, shelf.log, shelf.codec, HALL)
