"""A device's session against a scripted hub, over links in memory."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from devices.wire.commands import Outcome, done, failed
from devices.wire.ledger import Ledger
from devices.wire.messages import Description, Rebirth, decode_state, encode, encode_hub_time, encode_rebirth
from devices.wire.outbox import Outbox
from devices.wire.session import Backoff, DeviceSession, Refused, Unanswered
from devices.wire.topics import Address, HubTopic, device_filters
from devices.wire.vocabulary import AskRating, ButtonPressed, NumberReply, Rated, WindowShown
from tests.devices.fakes import NOON, FakeClock, MemoryHub, refusal

FAST = Backoff(first=0.001, most=0.002)
QUESTION = AskRating(ticket="t1", seconds=20)


class Desk:
    """A session of a kind, its hub, and what a rating pad would do."""

    def __init__(self, kind: str = "rating_pad", **parts: object) -> None:
        self.address = Address("hall", kind, "D1")
        self.hub = MemoryHub(self.address)
        self.clock = FakeClock()
        self.session = DeviceSession(
            self.address,
            self.hub.connect,
            description=Description("m", "1"),
            clock=self.clock,
            backoff=FAST,
            **parts,
        )
        self.asked: list[str] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.outcome: Outcome | Exception = done()
        self.session.on_command("ask-rating", AskRating, self._ask)

    async def _ask(self, command, args: AskRating) -> Outcome:
        self.asked.append(command.id)
        await self.may_end.wait()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def until_result(self, id_: str, state: str) -> None:
        await self.hub.until(lambda: (id_, state) in self.hub.results())

    async def until_said(self, channel: str, count: int = 1) -> list[bytes]:
        await self.hub.until(lambda: len(self.hub.published.get(channel, [])) >= count)
        return self.hub.published[channel]


@pytest.fixture
def desk(start):
    made = Desk()
    start(made.session.run())
    return made


async def test_a_device_subscribes_introduces_itself_and_leaves_a_will(desk):
    await desk.until_said("description")
    state = decode_state(desk.hub.published["state"][0])
    will = decode_state(desk.hub.wills[0])
    assert (state.state, will.state) == ("online", "lost")
    assert state.boot == will.boot
    assert state.at is not None
    assert will.at is None
    assert desk.hub.filters == device_filters(desk.address)


async def test_every_connection_has_a_new_boot(desk):
    await desk.until_said("state")
    desk.hub.cut()
    states = await desk.until_said("state", 2)
    assert len({decode_state(state).boot for state in states}) == 2


async def test_an_event_said_while_the_link_is_down_arrives_after_it(start):
    desk = Desk()
    desk.hub.refuse_links = True
    start(desk.session.run())
    assert await desk.session.emit("rated", Rated(ticket="t1", score=5)) == 1
    desk.hub.refuse_links = False
    await desk.until_said("event")
    assert desk.hub.intake.taken[0][0] == "rated"


async def test_an_unacknowledged_event_is_sent_again_over_the_next_link(desk):
    desk.hub.deaf = True
    await desk.session.emit("rated", Rated(ticket="t1", score=5))
    await desk.until_said("event")
    desk.hub.deaf = False
    desk.hub.cut()
    await desk.until_said("event", 2)
    assert len(desk.hub.intake.taken) == 1


async def test_an_ask_over_a_broken_link_is_answered_once_it_is_back(start):
    desk = Desk("call_button")
    start(desk.session.run())
    desk.hub.deaf = True
    asking = asyncio.create_task(desk.session.ask("call-next", ButtonPressed(window="112"), NumberReply, 5))
    await desk.until_said("event")
    desk.hub.deaf = False
    desk.hub.cut()
    assert await asking == NumberReply(number="A001")
    assert len(desk.hub.intake.taken) == 1


async def test_refused_and_unanswered_are_told_apart(start):
    desk = Desk("call_button")
    start(desk.session.run())
    desk.hub.intake.answer = lambda type_, data: refusal("wrong-window")
    with pytest.raises(Refused, match="不行"):
        await desk.session.ask("call-next", ButtonPressed(window="9"), NumberReply, 5)
    desk.hub.deaf = True
    with pytest.raises(Unanswered):
        await desk.session.ask("call-next", ButtonPressed(window="9"), NumberReply, 0.01)


async def test_a_command_is_accepted_running_and_done(desk):
    await desk.until_said("state")
    desk.hub.order("c1", "ask-rating", QUESTION)
    await desk.until_result("c1", "done")
    assert desk.hub.results() == [("c1", "accepted"), ("c1", "running"), ("c1", "done")]
    assert desk.asked == ["c1"]


async def test_a_repeated_command_gets_its_stored_result_and_does_nothing_again(desk):
    await desk.until_said("state")
    desk.hub.order("c1", "ask-rating", QUESTION)
    await desk.until_result("c1", "done")
    desk.hub.cut()
    await desk.until_said("state", 2)
    desk.hub.order("c1", "ask-rating", QUESTION, deadline=NOON - timedelta(days=1))
    await desk.hub.until(lambda: desk.hub.results()[-1] == ("c1", "done") and len(desk.hub.results()) == 4)
    assert desk.asked == ["c1"]


async def test_no_command_runs_before_the_hubs_clock_is_known(start):
    desk = Desk()
    desk.hub.time = None
    start(desk.session.run())
    await desk.until_said("description")
    desk.hub.order("c1", "ask-rating", QUESTION)
    desk.hub.order("late", "ask-rating", QUESTION, deadline=NOON + timedelta(seconds=1))
    await asyncio.sleep(0)
    assert desk.hub.results() == []
    desk.hub.tell_time(NOON + timedelta(minutes=1))
    await desk.until_result("c1", "done")
    assert ("late", "expired") in desk.hub.results()


async def test_a_deadline_is_met_in_the_hubs_time_whatever_the_devices_wall_says(start):
    desk = Desk()
    desk.clock.wall = desk.clock.wall.replace(year=1970)
    start(desk.session.run())
    await desk.until_said("description")
    desk.hub.order("c1", "ask-rating", QUESTION, deadline=NOON + timedelta(seconds=10))
    await desk.until_result("c1", "done")
    desk.clock.seconds += 11
    desk.hub.order("c2", "ask-rating", QUESTION, deadline=NOON + timedelta(seconds=10))
    await desk.until_result("c2", "expired")


async def test_commands_run_one_at_a_time_and_one_that_waited_too_long_expires(desk):
    await desk.until_said("state")
    desk.may_end.clear()
    desk.hub.order("c1", "ask-rating", QUESTION)
    desk.hub.order("c2", "ask-rating", QUESTION, deadline=NOON + timedelta(seconds=5))
    await desk.until_result("c2", "accepted")
    assert desk.asked == ["c1"]
    desk.clock.seconds += 6
    desk.may_end.set()
    await desk.until_result("c2", "expired")
    assert desk.asked == ["c1"]


async def test_a_command_below_the_fence_is_rejected(desk):
    await desk.until_said("state")
    desk.hub.order("c1", "ask-rating", QUESTION, fence=7)
    desk.hub.order("c2", "ask-rating", QUESTION, fence=6)
    await desk.until_result("c2", "rejected")
    await desk.until_result("c1", "done")
    assert desk.asked == ["c1"]


@pytest.mark.parametrize(
    ("op", "args"), [("ask-rating", {"ticket": "t1", "seconds": 0}), ("print-ticket", {}), ("dance", {})]
)
async def test_a_command_that_the_kind_does_not_know_or_cannot_read_is_rejected(desk, op, args):
    await desk.until_said("state")
    desk.hub.order("c1", op, args)
    await desk.until_result("c1", "rejected")
    assert desk.asked == []


async def test_what_failed_is_failed_and_what_broke_is_unknown(desk):
    await desk.until_said("state")
    desk.outcome = failed(code="no-glass")
    desk.hub.order("c1", "ask-rating", QUESTION)
    await desk.until_result("c1", "failed")
    desk.outcome = RuntimeError("half way")
    desk.hub.order("c2", "ask-rating", QUESTION)
    await desk.until_result("c2", "unknown")


async def test_a_command_cut_off_by_the_end_of_the_process_is_unknown_at_the_next_start(start, tmp_path):
    desk = Desk(ledger=Ledger(tmp_path / "ledger.sqlite3"))
    desk.may_end.clear()
    running = asyncio.create_task(desk.session.run())
    await desk.until_said("state")
    desk.hub.order("c1", "ask-rating", QUESTION)
    await desk.until_result("c1", "running")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    desk.session.close()
    again = Desk(ledger=Ledger(tmp_path / "ledger.sqlite3"))
    start(again.session.run())
    await again.until_said("state")
    again.hub.order("c1", "ask-rating", QUESTION)
    await again.until_result("c1", "unknown")
    assert again.asked == []
    again.session.close()


async def test_a_durable_outbox_outlives_the_process(start, tmp_path):
    first = Desk(outbox=Outbox(tmp_path / "outbox.sqlite3"))
    await first.session.emit("rated", Rated(ticket="t1", score=5))
    first.session.close()
    second = Desk(outbox=Outbox(tmp_path / "outbox.sqlite3"))
    start(second.session.run())
    await second.until_said("event")
    assert second.hub.intake.taken == [("rated", encode(Rated(ticket="t1", score=5)))]
    second.session.close()


async def test_a_result_survives_the_link_that_broke_under_it(desk):
    await desk.until_said("state")
    desk.may_end.clear()
    desk.hub.order("c1", "ask-rating", QUESTION)
    await desk.until_result("c1", "running")
    desk.hub.refuse_links = True
    desk.hub.cut()
    desk.may_end.set()
    await asyncio.sleep(0.01)
    assert ("c1", "done") not in desk.hub.results()
    desk.hub.refuse_links = False
    await desk.until_result("c1", "done")


async def test_an_old_desired_state_never_overwrites_a_new_one(start):
    desk = Desk("window_display")
    shown: list[int] = []

    async def show(desired: WindowShown) -> None:
        shown.append(desired.revision)

    desk.session.on_desired(WindowShown, show)
    start(desk.session.run())
    await desk.until_said("state")

    def want(revision: int) -> None:
        desk.hub.say(
            desk.address.topic("desired"), encode(WindowShown(revision=revision, window="112", state="called"))
        )

    want(5)
    await desk.until_said("reported")
    want(4)
    want(6)
    await desk.until_said("reported", 2)
    assert shown == [5, 6]
    assert [msgspec.json.decode(said) for said in desk.hub.published["reported"]] == [{"revision": 5}, {"revision": 6}]
    desk.hub.tell_state("online", "new-hub", fence=9)
    want(2)
    await desk.until_said("reported", 3)
    assert shown == [5, 6, 2]


async def test_a_desired_state_that_cannot_be_applied_is_reported_with_its_problem(start):
    desk = Desk("window_display")

    async def show(desired: WindowShown) -> None:
        raise RuntimeError("no glass")

    desk.session.on_desired(WindowShown, show)
    start(desk.session.run())
    await desk.until_said("state")
    desk.hub.say(desk.address.topic("desired"), encode(WindowShown(revision=3, window="112", state="open")))
    said = msgspec.json.decode((await desk.until_said("reported"))[0])
    assert said["revision"] == 0
    assert "no glass" in said["problem"]


async def test_a_rebirth_is_answered_by_those_it_names(desk):
    await desk.until_said("description")
    topic = str(HubTopic("hall", "rebirth"))
    desk.hub.say(topic, encode_rebirth(Rebirth("rating_pad", "another")))
    desk.hub.say(topic, encode_rebirth(Rebirth("rating_pad", "D1")))
    await desk.until_said("description", 2)
    desk.hub.say(topic, encode_rebirth(Rebirth(spread_ms=5)))
    states = await desk.until_said("state", 3)
    assert len(states) == 3
    assert len({decode_state(state).boot for state in states}) == 1


async def test_a_new_hub_is_sent_what_the_old_one_did_not_acknowledge(desk):
    await desk.until_said("state")
    desk.hub.tell_state("online", "b1")
    desk.hub.deaf = True
    await desk.session.emit("rated", Rated(ticket="t1", score=5))
    await desk.until_said("event")
    desk.hub.deaf = False
    desk.hub.tell_state("online", "b2")
    await desk.until_said("event", 2)
    assert len(desk.hub.intake.taken) == 1


async def test_presence_follows_the_link_and_the_hub(desk):
    await desk.until_said("state")
    seen: list[bool] = []
    desk.session.on_presence(seen.append)
    was_lost = asyncio.Event()
    desk.session.on_presence(lambda present: present or was_lost.set())
    desk.hub.tell_state("online", "b1")
    desk.hub.tell_state("lost", "a hub before it".replace(" ", "-"))
    await desk.session.emit("rated", Rated(ticket="t1", score=5))
    await desk.hub.until(lambda: desk.session.unacknowledged == 0 or len(desk.hub.intake.taken) == 1)
    assert desk.session.present
    desk.hub.tell_state("lost", "b1")
    await asyncio.wait_for(was_lost.wait(), 5)
    assert not desk.session.present
    assert seen[-1:] == [False]


@pytest.mark.parametrize("payload", [b"\xff", b"[" * 12_000, b"{}", b" " * 20_000])
async def test_what_the_hub_says_unreadably_is_counted_and_harms_nothing(desk, payload):
    await desk.until_said("state")
    for channel in ("ack", "reply", "command"):
        desk.hub.say(desk.address.topic(channel), payload)
    for channel in ("time", "state"):
        desk.hub.say(str(HubTopic("hall", channel)), payload)
    await desk.session.emit("rated", Rated(ticket="t1", score=5))
    await desk.until_said("event")
    assert desk.session.unreadable == 5
    assert len(desk.hub.intake.taken) == 1


async def test_an_ended_device_says_goodbye():
    desk = Desk()
    running = asyncio.create_task(desk.session.run())
    await desk.until_said("state")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert decode_state(desk.hub.published["state"][-1]).state == "lost"


async def test_telemetry_is_sent_when_connected_and_missed_by_nobody_else(start):
    desk = Desk()
    desk.session.telemetry({"temperature": 20})
    start(desk.session.run())
    await desk.until_said("description")
    desk.session.telemetry({"temperature": 21.5})
    assert msgspec.json.decode((await desk.until_said("telemetry"))[0]) == {"temperature": 21.5}


def test_the_delay_between_connections_grows_and_is_bounded():
    backoff = Backoff(first=0.2, most=3.0)
    assert all(0.1 <= backoff.delay(0) <= 0.2 for _ in range(50))
    assert all(1.5 <= backoff.delay(500) <= 3.0 for _ in range(50))


def test_the_hubs_time_is_written_in_utc():
    assert encode_hub_time(NOON) == b'{"at":"2026-01-05T04:00:00Z"}'
