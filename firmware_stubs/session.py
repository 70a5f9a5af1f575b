"""A board's session with its hub, the device's side of the wire contract, version 1.

A kind uses `emit` and `ask` for events, `orders.on` for commands, `present` for its lamp, and calls `step` for ever.
"""

import gc
import json
import random

from clock import HubClock, Monotonic, read, written
from delivery import Delivery
from ledger import Ledger
from mqtt_link import Broker, MqttLink
from orders import Orders
from outbox import Outbox, new_id

CONTRACT = 1
FIRMWARE = "hallhub-stub 0.1"
RESULTS = 32
STEP_MS = 50


class Session:
    """`config` as in README.md; `kind` and `capabilities` are of the board's program."""

    def __init__(self, config, kind, model, capabilities, wall_ms):
        self.monotonic = Monotonic()
        self.hub_clock = HubClock(self.monotonic, wall_ms)
        folder = config.get("state", ".")
        self.outbox = Outbox(folder + "/outbox.log", config.get("outbox_limit", 400))
        self.ledger = Ledger(folder + "/ledger.log")
        self.delivery = Delivery(self.outbox, self.monotonic, self.hub_clock)
        self.orders = Orders(self.ledger, self.hub_clock, self._tell_result)
        self.unreadable = self.disk_faults = 0
        self._description = {
            "model": model,
            "firmware": FIRMWARE,
            "contract": CONTRACT,
            "capabilities": capabilities,
            "place": {"window": config.get("window")},
        }
        hall, device = config["hall"], config["device"]
        self._kind, self._device = kind, device
        self._own = "hh/1/%s/%s/%s/" % (hall, kind, device)
        self._hub = "hh/1/%s/hub/" % hall
        broker = config["broker"]
        self.link = MqttLink(
            Broker(broker["host"], broker["port"], broker.get("user"), broker.get("password"), broker.get("ca")),
            "%s:%s:%s" % (hall, kind, device),
            [(self._own + name, 1) for name in ("ack", "reply", "command")]
            + [(self._hub + "state", 1), (self._hub + "time", 0), (self._hub + "rebirth", 1)],
            self._parting,
            self.monotonic,
        )
        self.link.on_message = self._receive
        self.link.on_up = self._begin_link
        self.link.on_down = self._end_link
        self.link.on_puback = self._has_arrived
        self._boot = ""
        self._hub_boot = ""
        self._hub_lost = False
        self._first = []
        self._results = []
        self._reborn_at = None
        self._telemetry_ms = config.get("telemetry_ms", 30000)
        self._telemetry_at = 0
        self.longest_ms = 0
        self.orders.begin()

    # -- what a kind uses ---------------------------------------------------------------------------------------------

    @property
    def present(self):
        """Whether the broker holds us and the hub has not gone from it."""
        return self.link.is_up and not self._hub_lost

    def emit(self, type_, data):
        """Keeps an event until the hub has committed it. Raises `OSError` when the disk takes no more."""
        self.delivery.put(type_, data)

    def ask(self, type_, data, within_ms, answer):
        """Keeps an asking event; `answer(ok, value)` is called once. Raises as `emit`."""
        self.delivery.ask(type_, data, within_ms, answer)

    def step(self, wait_ms=STEP_MS):
        """One round. Beside a wait of at most `wait_ms` it takes what it takes; `longest_ms` is the longest yet."""
        now = self.monotonic.ms()
        self.delivery.tick()
        self.orders.step()
        if self._reborn_at is not None and now >= self._reborn_at:
            self._reborn_at = None
            self._introduce()
            self.delivery.resend()
        if now >= self._telemetry_at:
            self._telemetry_at = now + self._telemetry_ms
            self._say_numbers()
        self._speak()
        busy = self.monotonic.ms() - now
        self.link.service(wait_ms)
        self.longest_ms = max(self.longest_ms, busy, self.monotonic.ms() - now - wait_ms)

    def goodbye(self):
        """Says `lost` itself, so that nobody waits for the will."""
        if self.link.publish(self._own + "state", self._state("lost"), 1, True):
            self.link.service(0)

    # -- saying -------------------------------------------------------------------------------------------------------

    def _speak(self):
        """What waits goes out, while the link takes it: presence, then results, then events in order."""
        link = self.link
        for waiting in (self._first, self._results):
            for said in waiting:
                if said[2] is None:
                    said[2] = link.publish(self._own + said[0], said[1], 1, said[0] != "result")
                    if said[2] is None:
                        return
        # An event is at most a line of the outbox: asked before it is read, because reading counts as sending.
        while link.has_room(len(self._own) + 512):
            payload = self.delivery.next_payload()
            if payload is None:
                return
            link.publish(self._own + "event", payload)

    def _tell_result(self, payload):
        self._results.append(["result", payload, None])
        if len(self._results) > RESULTS:
            self._results.pop(0)  # the ledger has it, and the hub asks again

    def _has_arrived(self, pid):
        for waiting in (self._first, self._results):
            for said in waiting:
                if said[2] == pid:
                    waiting.remove(said)
                    return

    def _introduce(self):
        self._first = [
            ["state", self._state("online"), None],
            ["description", json.dumps(self._description, separators=(",", ":")).encode(), None],
        ]

    def _state(self, state):
        at = written(self.hub_clock.now())
        return ('{"state":"%s","boot":"%s","at":"%s"}' % (state, self._boot, at)).encode()

    def _say_numbers(self):
        if not self.link.is_up:
            return
        gc.collect()
        numbers = {
            "heap": gc.mem_alloc(),
            "heap_free": gc.mem_free(),
            "kept": len(self.outbox),
            "dropped": self.outbox.dropped,
            "refused": self.delivery.refused,
            "unreadable": self.unreadable + self.link.oversized,
            "disk_faults": self.disk_faults,
            "connections": self.link.connections,
            "longest_ms": self.longest_ms,
        }
        self.link.publish(self._own + "telemetry", json.dumps(numbers).encode(), 0)

    # -- the link -----------------------------------------------------------------------------------------------------

    def _parting(self):
        self._boot = new_id()
        return self._own + "state", ('{"state":"lost","boot":"%s"}' % self._boot).encode()

    def _begin_link(self):
        self._hub_lost = False
        self._introduce()
        for said in self._results:
            said[2] = None
        self.delivery.begin_link()

    def _end_link(self):
        self._first = []

    # -- hearing ------------------------------------------------------------------------------------------------------

    def _receive(self, topic, payload):
        if not payload:
            return  # only clears a retained topic
        try:
            said = json.loads(payload)
            if topic == self._own + "ack":
                self.delivery.acknowledged(said)
            elif topic == self._own + "reply":
                self.delivery.replied(said)
            elif topic == self._own + "command":
                self.orders.receive(said)
            elif topic == self._hub + "time":
                self.hub_clock.tell(read(said["at"]))
            elif topic == self._hub + "state":
                self._hear_hub(said)
            elif topic == self._hub + "rebirth":
                self._hear_rebirth(said)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            self.unreadable += 1
        except OSError:
            self.disk_faults += 1  # the hub sends again what was not taken

    def _hear_hub(self, hub):
        boot = hub["boot"]
        if hub["state"] == "lost":
            # A will of a hub that has meanwhile come back says nothing.
            if boot == self._hub_boot or not self._hub_boot:
                self._hub_lost = True
            return
        if boot != self._hub_boot:
            self._hub_boot = boot
            self.delivery.begin_link()
        self._hub_lost = False

    def _hear_rebirth(self, rebirth):
        kind, device = rebirth.get("kind"), rebirth.get("device")
        if (kind is not None or device is not None) and (kind, device) != (self._kind, self._device):
            return
        spread = min(60000, max(0, rebirth.get("spread_ms", 0)))
        self._reborn_at = self.monotonic.ms() + random.getrandbits(16) * spread // 65536
