"""The hub's side of the wire: one session, and who gets which message."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from devices.wire import messages
from devices.wire.messages import HubState, Malformed, Rebirth
from devices.wire.topics import Address, Channel, DeviceTopic, HubTopic, hub_filters, parse
from hub.core.hub import Hub
from hub.core.submission import Committed
from hub.domain.catalogue.events import CataloguePublished
from hub.domain.hall.events import ProfilePublished
from hub.domain.queue.events import DayOpened, PlanAdopted
from hub.mqtt.bindings import Bindings
from hub.mqtt.displays import Displays
from hub.mqtt.intake import Intake
from hub.mqtt.orderdesk import OrderDesk
from hub.mqtt.presence import Presence
from hub.mqtt.session import BrokerAddress, Delivery, HubSession, Will

log = logging.getLogger(__name__)

TIME_EVERY_SECONDS = 5.0
TICK_SECONDS = 1.0
MISSING_AFTER_SECONDS = 10.0
REBIRTH_SPREAD_MS = 1000
TIME_AFTER_SECONDS = 0.05
ADOPT_AFTER_SECONDS = 0.05
ASKED_ONE_BY_ONE = 20
"""So many devices are asked by name to say who they are; for more all are asked."""

_RETAINED: tuple[Channel, ...] = ("desired", "state", "description", "reported")


class MqttEdge:
    """Devices over MQTT; ``on_presence`` hears whose presence changed."""

    def __init__(
        self,
        hub: Hub,
        hall: str,
        address: Callable[[], BrokerAddress],
        *,
        admission: str,
        fence: int = 1,
        url_of: Callable[[str], str | None] = lambda _: None,
        on_presence: Callable[[Address], None] = lambda _: None,
    ) -> None:
        self._hub = hub
        self._hall = hall
        self._fence = fence
        self.bindings = Bindings(hall, hub.listed_profile(), admission)
        self.presence = Presence(hub.now, self._device_online, on_presence, self._ask_again)
        self.intake = Intake(hub, self.bindings, self._publish, self._acknowledge)
        self.orders = OrderDesk(hub, self.bindings, self.presence, self._publish, fence, url_of)
        self.displays = Displays(hub, self.bindings, self._publish_retained)
        self.counts: Counter[str] = Counter()
        self._state_topic = str(HubTopic(self._hall, "state"))
        will = messages.encode_hub_state(HubState("lost", hub.boot, fence=fence))
        self.session = HubSession(
            address,
            f"hub-{self._hall}",
            hub_filters(self._hall),
            Will(self._state_topic, will),
            self._receive,
            self._up,
            self._down,
        )
        self._timers: list[asyncio.TimerHandle] = []
        self._time_timer: asyncio.TimerHandle | None = None
        self._adopt_timer: asyncio.TimerHandle | None = None
        self._gone: set[Address] = set()
        self._adopted = (hub.today, hub.listed_profile())
        hub.listen(self._committed)

    @property
    def ready(self) -> bool:
        """Subscribed and accepting."""
        return self.session.up

    async def run(self) -> None:
        """Keep the session, the hub's time and the orders' limits until cancelled."""
        self.orders.restore()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.session.run())
                tasks.create_task(self._tick())
        finally:
            for timer in (self._time_timer, self._adopt_timer, *self._timers):
                if timer is not None:
                    timer.cancel()

    async def stop(self) -> None:
        """Say that the hub goes, then end the session."""
        if self.session.up:
            state = HubState("lost", self._hub.boot, self._time(), self._fence)
            self.session.publish(self._state_topic, messages.encode_hub_state(state), 1, retain=True)
        await self.session.stop()

    # -- the link -------------------------------------------------------------------------------------------------

    def _up(self) -> None:
        state = HubState("online", self._hub.boot, self._time(), self._fence)
        self.session.publish(self._state_topic, messages.encode_hub_state(state), 1, retain=True)
        self._tell_time()
        self._tell_rebirth(Rebirth(spread_ms=REBIRTH_SPREAD_MS))
        self._clear_gone()
        self.displays.show_all()
        loop = asyncio.get_running_loop()
        self._timers = [loop.call_later(MISSING_AFTER_SECONDS, self.presence.drop_unconfirmed)]

    def _down(self) -> None:
        self.presence.doubt_all()
        for timer in self._timers:
            timer.cancel()

    def _publish(self, topic: str, payload: bytes) -> bool:
        return self.session.publish(topic, payload, 1)

    def _publish_retained(self, topic: str, payload: bytes) -> bool:
        return self.session.publish(topic, payload, 1, retain=True)

    def _acknowledge(self, delivery: Delivery) -> None:
        self.session.acknowledge(delivery)

    # -- what comes in --------------------------------------------------------------------------------------------

    def _receive(self, topic: str, payload: bytes, retained: bool, delivery: Delivery) -> None:
        parsed = parse(topic)
        if not isinstance(parsed, DeviceTopic) or parsed.address.hall != self._hall:
            self.counts["foreign-topic"] += 1
            self._acknowledge(delivery)
            return
        if parsed.channel == "event":
            if retained:
                # an event is never retained; one that is would come again at every subscription
                self.counts["retained-event"] += 1
                self._acknowledge(delivery)
                return
            self.intake.take(parsed.address, payload, delivery)
            return
        try:
            settled = self._other(parsed, payload, retained, delivery)
        except Malformed as problem:
            self.counts["unreadable"] += 1
            log.warning("unreadable message", extra={"facts": {"topic": topic, "problem": str(problem)}})
            settled = True
        if settled:
            self._acknowledge(delivery)

    def _other(self, topic: DeviceTopic, payload: bytes, retained: bool, delivery: Delivery) -> bool:
        """Whether the message may be acknowledged at once. Raises ``Malformed``."""
        address = topic.address
        if topic.channel in ("state", "description", "reported") and not payload:
            return True  # a cleared retained topic
        if not self.bindings.admits(address.kind, address.device):
            self.counts["stranger"] += 1
            if retained:
                # what a device left behind that was taken out of the registry while nobody looked
                self._publish_retained(address.topic(topic.channel), b"")
                self._publish_retained(address.topic("desired"), b"")
            return True
        if address not in self.presence.devices:
            self.bindings.meet(address.kind, address.device)
        match topic.channel:
            case "state":
                self.presence.heard(address, messages.decode_state(payload))
            case "description":
                self.presence.described(address, messages.decode_description(payload))
            case "reported":
                reported = messages.decode_reported(payload)
                device = self.presence.of(address)
                device.reported, device.problem = reported.revision, reported.problem
            case "result":
                result = messages.decode_result(payload)
                self.orders.result(address, result, lambda: self._acknowledge(delivery))
                return False
            case "telemetry":
                self.presence.of(address).telemetry = messages.decode_telemetry(payload)
            case _:
                self.counts["foreign-topic"] += 1
        return True

    def _device_online(self, address: Address) -> None:
        # it runs no command before its clock is set
        if self._time_timer is None:
            self._time_timer = asyncio.get_running_loop().call_later(TIME_AFTER_SECONDS, self._tell_time)
        self.orders.device_online(address)

    def _ask_again(self, address: Address) -> None:
        self._tell_rebirth(Rebirth(address.kind, address.device))

    # -- what goes out --------------------------------------------------------------------------------------------

    def _committed(self, batch: Sequence[Committed]) -> None:
        if self._adopt_timer is None and any(
            isinstance(each.event, ProfilePublished | CataloguePublished | PlanAdopted | DayOpened) for each in batch
        ):
            # the hub itself turns to the new day or plan only after this
            self._adopt_timer = asyncio.get_running_loop().call_later(ADOPT_AFTER_SECONDS, self._adopt)
        self.orders.committed(batch)
        self.displays.committed(batch)

    def _adopt(self) -> None:
        """The profile and day in force: bindings, everything shown, and who is in the registry from now on."""
        self._adopt_timer = None
        self._adopted = (self._hub.today, self._hub.listed_profile())
        before = {(device.kind, device.id) for device in self.bindings.profile.devices}
        self.bindings.adopt(self._hub.listed_profile())
        after = {(device.kind, device.id) for device in self.bindings.profile.devices}
        gone = {Address(self._hall, kind, device) for kind, device in before - after}
        self._gone = {each for each in self._gone if (each.kind, each.device) not in after} | gone
        for address in gone:
            self.presence.forget(address)
        if not self.session.up:
            return
        self._clear_gone()
        # who is new may have been refused until now, and who is gone may be believed as an unbound one
        asked = after ^ before if self.bindings.open else after - before
        if len(asked) > ASKED_ONE_BY_ONE:
            self._tell_rebirth(Rebirth(spread_ms=REBIRTH_SPREAD_MS))
        else:
            for kind, device in sorted(asked):
                self._tell_rebirth(Rebirth(kind, device))
        self.displays.show_all()

    def _clear_gone(self) -> None:
        """Clear what the broker retains of devices that were taken out of the registry."""
        for address in self._gone:
            for channel in _RETAINED:
                self._publish_retained(address.topic(channel), b"")
        self._gone.clear()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        told = loop.time()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.orders.tick()
            if self._adopt_timer is None and self._adopted != (self._hub.today, self._hub.listed_profile()):
                self._adopt()
            if loop.time() - told >= TIME_EVERY_SECONDS:
                told = loop.time()
                self._tell_time()

    def _tell_rebirth(self, rebirth: Rebirth) -> None:
        self.session.publish(str(HubTopic(self._hall, "rebirth")), messages.encode_rebirth(rebirth))

    def _tell_time(self) -> None:
        if self._time_timer is not None:
            self._time_timer.cancel()
            self._time_timer = None
        self.session.publish(str(HubTopic(self._hall, "time")), messages.encode_hub_time(self._time()), 0)

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._hub.now() / 1000, UTC)
