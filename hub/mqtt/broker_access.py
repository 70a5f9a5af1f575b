"""Who may connect to the embedded broker and what it may say or hear: the two rules its owner hands in.

A rule that raises counts as "no", is logged and counted: a fault in the registry opens no door.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from hub.mqtt import packets
from hub.mqtt.broker_limits import Counters
from hub.mqtt.broker_session import Session

Action = Literal["publish", "subscribe", "receive"]
Authenticate = Callable[[str, "str | None", "bytes | None"], bool]
"""(client id, user name, password) -> may it connect. Called on the loop: it must not block."""
Allow = Callable[[str, "str | None", Action, str], bool]
"""(client id, user name, action, topic) -> may it. For "subscribe" the topic is the filter asked for; "receive" is
asked for every delivery, also of retained and queued messages; "publish" also for wills."""

_log = logging.getLogger(__name__)


class Access:
    def __init__(self, authenticate: Authenticate | None, allow: Allow | None, counters: Counters) -> None:
        self._authenticate = authenticate
        self._allow = allow
        self._counters = counters
        self.open = allow is None

    def refusal(self, client_id: str, username: str | None, password: bytes | None) -> int:
        """The CONNACK code: ACCEPTED, or why not."""
        if self._authenticate is None:
            return packets.ACCEPTED
        try:
            known = self._authenticate(client_id, username, password)
        except Exception:
            _log.exception("the rule of who may connect failed for %.80r", client_id)
            return packets.UNAVAILABLE
        if known:
            return packets.ACCEPTED
        return packets.NOT_AUTHORIZED if username is None else packets.BAD_LOGIN

    def permits(self, session: Session, action: Action, topic: str) -> bool:
        """Counts a refused message; a refused subscription is answered instead."""
        if self._allow is None:
            return True
        reason = "denied"
        try:
            if self._allow(session.client_id, session.username, action, topic):
                return True
        except Exception:
            _log.exception("the rule of who may %s failed for %.80r", action, session.client_id)
            reason = "rule-failed"
        if action != "subscribe":
            self._counters.dropped[reason] += 1
        return False

    def may_receive(self, session: Session, topic: str) -> bool:
        return self.permits(session, "receive", topic)
