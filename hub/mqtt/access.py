"""Who may connect to the embedded broker and use which topic: a device its own, the hub all of its hall's."""

from __future__ import annotations

import hmac
import secrets
from functools import lru_cache
from typing import Literal

from devices.wire.topics import DeviceTopic, EnrolTopic, HubTopic, JobTopic, address_of, parse, rule_of
from hub.mqtt.bindings import Bindings
from hub.mqtt.session import BrokerAddress
from hub.settings import MqttSettings

HUB_USER = "hub"


class EmbeddedAccess:
    """The rules of one hall. The hub signs in with a word drawn at each start; nobody else can be the hub.

    A client whose id is ``hall:kind:device`` is held to that device's topics. Other client ids are held to the rules
    of the topics alone (what devices publish, what devices hear), and only while admission is open.
    """

    def __init__(self, hall: str, bindings: Bindings, settings: MqttSettings) -> None:
        self._hall = hall
        self._bindings = bindings
        self._settings = settings
        self._word = secrets.token_urlsafe(24)
        self._hub_client = f"hub-{hall}"
        self._judged_by = bindings.profile
        self._may = lru_cache(maxsize=65536)(self._judge)

    def hub_address(self, port: int) -> BrokerAddress:
        """How the hub itself reaches the broker that was just started."""
        return BrokerAddress(self._settings.host, port, HUB_USER, self._word)

    def authenticate(self, client_id: str, username: str | None, password: bytes | None) -> bool:
        """The hub's client id needs the hub's word; a password in ``[mqtt] url`` is asked of everybody else."""
        if client_id == self._hub_client or username == HUB_USER:
            return client_id == self._hub_client and hmac.compare_digest(password or b"", self._word.encode())
        wanted = self._settings.password
        if wanted is None:
            return True
        known = hmac.compare_digest((username or "").encode(), (self._settings.username or "").encode())
        return hmac.compare_digest(password or b"", wanted.encode()) and known

    def allow(
        self, client_id: str, username: str | None, action: Literal["publish", "subscribe", "receive"], topic: str
    ) -> bool:
        """Whether the client may publish to, receive from, or subscribe with a topic or filter."""
        if username == HUB_USER:
            return True
        if action == "subscribe":
            # what a filter would deliver is judged at each delivery
            return topic.startswith(f"hh/1/{self._hall}/") or topic == "#"
        if self._judged_by is not self._bindings.profile:
            self._judged_by = self._bindings.profile
            self._may.cache_clear()
        return self._may(client_id, action, topic)

    def _judge(self, client_id: str, action: str, topic: str) -> bool:
        parsed = parse(topic)
        if parsed is None:
            return False
        me = address_of(client_id)
        hall = parsed.address.hall if isinstance(parsed, DeviceTopic | JobTopic) else parsed.hall
        if hall != self._hall:
            return False
        if me is None and self._bindings.open and action == "receive":
            return True  # a tool that watches, in a hall on trial
        if rule_of(parsed).sender != ("device" if action == "publish" else "hub"):
            return False
        if isinstance(parsed, HubTopic | EnrolTopic):
            return True
        if not self._bindings.admits(parsed.address.kind, parsed.address.device):
            return False
        return self._bindings.open if me is None else me == parsed.address
