"""Each message of the online hall through a hub: once, in order, refused in words, sealed, dated by the cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest
import pytest_asyncio

from hub.core.calendar_source import from_package
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.cases.commands import AcceptCase, DecideCase
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.online_commands import TakeFiling
from hub.domain.cases.records import Resolution
from hub.domain.cases.state import Case
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Overlay
from hub.domain.consultations.commands import GiveAnswer
from hub.domain.consultations.state import Consultation
from hub.domain.hall.commands import PublishCalendar
from hub.domain.online.events import MessageAnswered
from hub.domain.refusals import SENTENCES
from hub.log.memory import MemoryLog
from hub.log.names import EVENTS
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Egress
from hub.sync.envelope import decode_batch, encode_batch
from hub.sync.messages.table import CASE as EXAMPLE
from hub.sync.messages.table import TYPES
from tests.core.writers import DAY_MS, MONDAY_AT_TEN, hub_on
from tests.sync.messages.inbox import Cloud, code, facts
from tests.web.cases import LI, PLAIN, TOLERANT

SHA = "a" * 64
ONLINE = ("hall", "online")
UNKNOWN = (
    "unknown-case",
    "unknown-consultation",
    "unknown-material",
    "unknown-lease",
    "unknown-unit",
    "unknown-booking",
)
ITEMS = (replace(TOLERANT, channels=ONLINE), replace(PLAIN, channels=ONLINE, materials=()), replace(PLAIN, code="A09"))


def material(code: str, sha256: str = SHA) -> dict[str, Any]:
    return {"code": code, "sha256": sha256, "bytes": 10, "media_type": "application/pdf", "name": "x.pdf"}


FILED = {"item": "A02", "applicant": LI, "materials": [material("form")], "form": {"经营场所": "东城区 1 号"}}


@pytest_asyncio.fixture
async def cloud() -> Cloud:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    for command in (
        PublishCalendar(from_package(), hub.now()),
        PublishCatalogue(ITEMS, tuple(Overlay(item.code, "A") for item in ITEMS), hub.now(), source="test"),
        ReserveBlock(hub.today[:4], hub.now(), "test", "DC", TEMPLATE, 1, 99),
    ):
        assert (await hub.submit(command, actor="test")).ok
    return Cloud(hub)


def case_of(hub: Hub, id: str) -> Case:
    return cast(Case, hub.writer.state(f"case/{id}"))


def consultation_of(hub: Hub, id: str) -> Consultation:
    return cast(Consultation, hub.writer.state(f"consultation/{id}"))


def types(hub: Hub) -> list[str]:
    return [entry.type for entry in hub.log.read(0, 10_000)]


def answers(hub: Hub) -> list[MessageAnswered]:
    return [cast(MessageAnswered, hub.codec.decode(entry)) for entry in hub.log.read_stream("online")]


async def test_an_application_is_handed_over_whole_under_the_messages_id(cloud: Cloud) -> None:
    hub = cloud.hub
    at = hub.now() - 3_600_000
    outcome = await cloud.say("application-filed", FILED, at=at)
    assert outcome.ok, outcome.reply
    case = case_of(hub, f"{1:032x}")
    assert (case.state, case.channel, case.received_at, case.number[:6]) == ("received", "online", at, "DC2026")
    assert case.materials["form"].origin == "online"
    assert types(hub)[-5:] == ["case-opened", "materials-supplied", "case-received", "number-taken", "message-answered"]
    opened = next(entry for entry in hub.log.read_stream(f"case/{1:032x}"))
    assert "李悦".encode() not in opened.data
    assert "东城区".encode() not in opened.data
    assert hub.codec.unseal(opened)["form"] == '{"经营场所":"东城区 1 号"}'


async def test_a_repeated_application_is_one_case_and_another_body_is_refused(cloud: Cloud) -> None:
    first = await cloud.say("application-filed", FILED, id="f" * 32)
    again = await cloud.say("application-filed", FILED, id="f" * 32)
    other = await cloud.say("application-filed", {**FILED, "item": "A03", "materials": []}, id="f" * 32)
    assert again.reply == first.reply
    assert code(other) == "other-body"
    assert types(cloud.hub).count("case-opened") == 1
    assert [(each.ok, each.repeated) for each in answers(cloud.hub)] == [(True, False), (True, True), (False, True)]


async def test_nine_dark_days_are_worked_off_by_legal_deadline_with_what_the_law_made_of_them(cloud: Cloud) -> None:
    hub, clock = cloud.hub, cast(ManualClock, cloud.hub.clock._clock)
    begun = hub.now()
    clock.advance(9 * DAY_MS)
    await hub.keep()
    for day in (8, 0, 3, 1):
        assert (await cloud.say("application-filed", FILED, at=begun + day * DAY_MS)).ok
    states = {day: case_of(hub, f"{n:032x}") for n, day in enumerate((8, 0, 3, 1), 1)}
    assert {day: case.deemed for day, case in states.items()} == {0: True, 1: True, 3: False, 8: False}
    assert [states[day].received_day for day in (0, 1, 3)] == ["2026-11-23", "2026-11-24", "2026-11-26"]
    due = [case.clocks[0].due_at for case in (states[day] for day in (0, 1, 3, 8))]
    assert due == sorted(due)


async def test_a_filing_in_the_dark_is_pinned_to_the_catalogue_of_its_day(cloud: Cloud) -> None:
    hub, clock = cloud.hub, cast(ManualClock, cloud.hub.clock._clock)
    filed_at = hub.now()
    clock.advance(2 * DAY_MS)
    await hub.keep()
    lean = replace(ITEMS[0], materials=ITEMS[0].materials[:1], tolerance=False, promise=False)
    changed = (lean, *ITEMS[1:])
    overlays = tuple(Overlay(item.code, "A") for item in ITEMS)
    assert (await hub.submit(PublishCatalogue(changed, overlays, hub.now(), source="v2"), actor="t")).ok
    assert (await cloud.say("application-filed", FILED, at=filed_at)).ok
    assert code(await cloud.say("application-filed", FILED)) == "unknown-material"
    assert case_of(hub, f"{1:032x}").catalogue == 1


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"item": "nothing"}, "unknown-item"),
        ({"item": "A09"}, "not-online"),
        ({"materials": [material("stray")]}, "unknown-material"),
        ({"materials": [material("form"), material("form")]}, "bad-value"),
        ({"applicant": {**LI, "identity": "110105194912310021"}}, "bad-identity"),
        ({"applicant": {**LI, "phone": "12"}}, "bad-phone"),
        ({"applicant": {"name": "李悦"}}, "bad-value"),
    ],
)
async def test_what_cannot_be_received_is_refused_in_words_and_leaves_the_line_open(
    cloud: Cloud, change: dict[str, Any], refused: str
) -> None:
    assert code(await cloud.say("application-filed", {**FILED, **change})) == refused
    assert refused in SENTENCES
    assert (await cloud.say("application-filed", FILED)).ok
    assert "case-opened" in types(cloud.hub)
    told = answers(cloud.hub)
    assert [(each.ok, each.code) for each in told] == [(False, refused), (True, "")]
    assert told[0].zh


async def test_without_a_block_of_numbers_nothing_is_received_and_the_answer_says_so(cloud: Cloud) -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    await hub.submit(PublishCatalogue(ITEMS, tuple(Overlay(i.code, "A") for i in ITEMS), hub.now()), actor="t")
    assert code(await Cloud(hub).say("application-filed", FILED)) == "no-number-block"


async def test_a_bad_value_names_its_field_and_an_unknown_type_itself(cloud: Cloud) -> None:
    bad = await cloud.say("application-filed", {**FILED, "materials": [{**material("form"), "sha256": "zz"}]})
    assert (code(bad), facts(bad)["field"]) == ("bad-value", "materials[0].sha256")
    unknown = await cloud.say("locker-opened", {})
    assert (code(unknown), facts(unknown)) == ("unknown-message", {"kind": "locker-opened"})


async def test_a_cloud_clock_that_runs_ahead_receives_nothing_in_the_future(cloud: Cloud) -> None:
    assert (await cloud.say("application-filed", FILED, at=cloud.hub.now() + 2 * DAY_MS)).ok
    assert case_of(cloud.hub, f"{1:032x}").received_at == cloud.hub.now()


async def test_edits_are_commands_the_hub_may_refuse(cloud: Cloud) -> None:
    hub, id = cloud.hub, f"{1:032x}"
    await cloud.say("application-filed", {**FILED, "item": "A03", "materials": [], "form": {}})
    assert (await cloud.say("application-changed", {"case": id, "applicant": {**LI, "name": "李越"}})).ok
    assert (await cloud.say("application-supplemented", {"case": id, "materials": [material("other")]})).ok
    assert (await hub.submit(AcceptCase(id, hub.today, hub.now(), "li"), actor="li")).ok
    assert code(await cloud.say("application-changed", {"case": id, "applicant": LI})) == "wrong-act"
    assert code(await cloud.say("application-withdrawn", {"case": "e" * 32, "reason": "x"})) == "unknown-case"


@pytest.mark.parametrize("withdrawal_first", [True, False])
async def test_between_withdrawing_and_deciding_the_hubs_order_decides(cloud: Cloud, withdrawal_first: bool) -> None:
    hub, id = cloud.hub, f"{1:032x}"
    await cloud.say("application-filed", {**FILED, "item": "A03", "materials": [], "form": {}})
    assert (await hub.submit(AcceptCase(id, hub.today, hub.now(), "li"), actor="li")).ok
    decision = DecideCase(id, hub.today, hub.now(), "chief", Resolution(granted=True), role="supervisor")
    withdrawal = {"case": id, "reason": "不办了"}
    if withdrawal_first:
        assert (await cloud.say("application-withdrawn", withdrawal)).ok
        assert code(await hub.submit(decision, actor="chief")) == "wrong-act"
        assert code(await cloud.say("decision-objected", {"case": id, "words": "不服"})) == "nothing-to-object"
    else:
        assert (await hub.submit(decision, actor="chief")).ok
        assert code(await cloud.say("application-withdrawn", withdrawal)) == "already-decided"
        assert (await cloud.say("decision-objected", {"case": id, "words": "不服决定"})).ok
        objected = list(hub.log.read_stream(f"case/{id}"))[-1]
        assert (objected.type, "不服决定".encode() in objected.data) == ("decision-objected", False)
        assert case_of(hub, id).person.encode() in objected.data


async def test_consultations_are_asked_added_to_and_closed_from_outside(cloud: Cloud) -> None:
    hub, id = cloud.hub, f"{1:032x}"
    question = {"channel": "wechat", "item": "A02", "question": "要带什么？", "phone": "138 0013 8000"}
    assert (await cloud.say("consultation-asked", question)).ok
    asked = consultation_of(hub, id)
    assert (asked.department, asked.channel, asked.state) == ("D101", "wechat", "waiting")
    assert (await cloud.say("consultation-added", {"consultation": id, "text": "还有呢？"})).ok
    stored = b"".join(entry.data for entry in hub.log.read_stream(f"consultation/{id}"))
    assert not any(text.encode() in stored for text in ("要带什么", "还有呢", "13800138000"))
    assert (await cloud.say("consultation-closed", {"consultation": id})).ok
    assert code(await cloud.say("consultation-added", {"consultation": id, "text": "?"})) == "consultation-closed"
    assert code(await cloud.say("consultation-asked", {**question, "item": "nothing"})) == "unknown-item"
    assert (await cloud.say("consultation-asked", {"channel": "web", "question": "几点开门"})).ok


@pytest.mark.parametrize("type", TYPES)
async def test_every_example_reads_and_unknown_fields_are_ignored(cloud: Cloud, type: str) -> None:
    """A later version of the online hall sends more than this hub knows."""
    example = {**TYPES[type].example, "later": {"field": 1}}
    outcome = await cloud.say(type, example)
    assert outcome.ok or code(outcome) in UNKNOWN, outcome.reply
    assert EXAMPLE
    assert msgspec.json.encode(example)


async def test_nothing_that_people_said_or_are_called_leaves_the_hall(cloud: Cloud) -> None:
    hub, id = cloud.hub, f"{1:032x}"
    await cloud.say("application-filed", {**FILED, "item": "A03", "materials": [material("other", "5e" * 32)]})
    await cloud.say("consultation-asked", {"channel": "web", "question": "我叫李悦能办吗", "phone": "13800138000"})
    await cloud.say("consultation-added", {"consultation": f"{2:032x}", "text": "住在东城区"})
    answer = GiveAnswer(f"{2:032x}", hub.now(), "chief", "supervisor", "", "可以办理", of_record=True)
    note = GiveAnswer(f"{2:032x}", hub.now(), "chief", "supervisor", "", "内部：先别答", of_record=False)
    accept = AcceptCase(id, hub.today, hub.now(), "li")
    refusal = Resolution(granted=False, reasons="不符合条件", basis="行政许可法第三十八条")
    decision = DecideCase(id, hub.today, hub.now(), "chief", refusal, role="supervisor")
    for command in (note, answer, TakeFiling(id, hub.now(), "zhang-san", "101"), accept, decision):
        assert (await hub.submit(command, actor="test")).ok
    assert (await cloud.say("decision-objected", {"case": id, "words": "李悦不服"})).ok
    gate = Egress(EVENTS, ALLOWED, hub.codec.unseal, lambda name: name[:1] + "*")
    sent = encode_batch([gate.event(entry, "/halls/x/1") for entry in hub.log.read(0, 10_000)])
    clear = sent + b"".join(each.data_base64 or b"" for each in decode_batch(sent))
    for planted in (
        "李悦",
        "11010519491231002X",
        "13800138000",
        "东城区",
        "能办吗",
        "先别答",
        "不服",
        "5e" * 32,
        "zhang",
    ):
        assert planted.encode() not in clear
        assert msgspec.json.encode(planted)[1:-1] not in clear
    for told in ("可以办理", "DC2026", "decision-objected"):
        assert told.encode() in clear
