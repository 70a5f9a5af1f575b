"""What operations on a hub's state do, whether a hub runs (over its control socket) or not (opened for this alone).

Every operation takes and gives plain JSON values, since it may come over the socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec

from hub.core.calendar_source import CalendarFileInvalid, from_package, load_calendar, with_years
from hub.core.catalogue_file import read_catalogue
from hub.core.clock import SystemClock
from hub.core.default_catalogue import default_catalogue
from hub.core.draft import Draft
from hub.core.hub import HUB, Hub
from hub.core.profile_file import default_profile
from hub.core.toml_file import FileInvalid
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.clock.commands import ConfirmClock
from hub.domain.hall.commands import NEXT_DAY, NOW, PublishCalendar, PublishProfile
from hub.domain.refusals import Refused
from hub.log.entry import NoRoom, Outcome
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.subjects import Subjects
from hub.ops.state_files import opened
from hub.settings import Settings

log = logging.getLogger(__name__)

Values = Mapping[str, object]
Operation = Callable[["Premises", Values], Awaitable[dict[str, object]]]

OPERATOR = "operator"
"""The actor of what is done at the server's own command line."""

FORGET_TRIES = 50
_SUBJECT = re.compile(r"[0-9a-f]{32}")
_PHONE = re.compile(r"\+?[0-9]{6,15}")


def _nothing() -> dict[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Premises:
    """``running``: the hub serves devices and pages; else its log was opened for one operation."""

    hub: Hub
    keys: Keys
    running: bool
    status: Callable[[], dict[str, object]] = _nothing
    line: Callable[[str], Mapping[str, object]] | None = None
    """What may be done to the line to the online hall, by word; None without one."""


@contextlib.asynccontextmanager
async def closed_premises(settings: Settings) -> AsyncGenerator[Premises]:
    """The state of a hub that does not run. Raises ``InUse``, ``BadUrl``, ``LogBroken`` or ``NoRoom``.

    An empty log gets the default profile and catalogue first, as a first start would give it.
    """
    with opened(settings.log.url) as state:
        store, keys = state.store, state.keys
        hub = Hub(store, hub_codec(keys), state.subjects, SystemClock(), state.paths)
        last = store.read(max(hub.head() - 1, 0), 1)
        if last:
            unconfirmed = hub.clock_state()
            hub.clock.not_before(last[-1].recorded_at, unconfirmed.by_ms if unconfirmed.frozen else 0)
        if hub.hall().latest is None:
            profile = default_profile()
            catalogue = default_catalogue(profile)
            _committed(await hub.submit(PublishProfile(profile, NOW, hub.now()), actor=HUB))
            first = PublishCatalogue(catalogue.items, catalogue.overlays, hub.now(), source=catalogue.source)
            _committed(await hub.submit(first, actor=HUB))
            _committed(await hub.submit(PublishCalendar(from_package(), hub.now()), actor=HUB))
        yield Premises(hub, keys, running=False)
        hub.writer.flush()


async def carry_out(premises: Premises, name: str, values: Values) -> dict[str, object]:
    """One operation of ``OPERATIONS``. Raises ``Refused``, ``NoRoom`` and what the operation names."""
    operation = OPERATIONS.get(name)
    if operation is None:
        raise Refused("bad-value", field="op", problem=f"{name[:40]}: {', '.join(OPERATIONS)}")
    return await operation(premises, values)


async def forget(premises: Premises, values: Values) -> dict[str, object]:
    """``subject`` → ``{"subject", "known", "done"}``. ``known`` False: nothing of them is in the log.

    ``done`` False: the keys are destroyed, but a reader still holds the file open, so that bytes of them may be left in
    it; asking again finishes it.
    """
    subject = subject_of(premises.hub.subjects, _text(values, "subject"))
    keys, now = premises.keys, premises.hub.now()
    await asyncio.to_thread(keys.settle)
    known = await asyncio.to_thread(keys.owns, subject)
    done = await asyncio.to_thread(keys.forget, subject, now)
    for _ in range(FORGET_TRIES):
        if done:
            break
        await asyncio.sleep(0.1)
        done = await asyncio.to_thread(keys.finish_forgetting)
    log.info("subject forgotten", extra={"facts": {"done": done}})
    return {"subject": subject, "known": known, "done": done}


def subject_of(subjects: Subjects, text: str) -> str:
    """The subject behind a phone number, ``phone:…``, ``id:…`` or 32 hex characters. Raises ``Refused`` bad-value."""
    text = text.strip()
    kind, colon, number = text.partition(":")
    if colon and kind == "id" and number.strip():
        return subjects.of_id(number)
    if colon and kind == "phone" and number.strip():
        return subjects.of_phone(number)
    if _SUBJECT.fullmatch(text):
        return text
    if _PHONE.fullmatch(re.sub(r"[\s\-().]", "", text)):
        return subjects.of_phone(text)
    problem = "手机号、phone:号码、id:证件号 或 32 位十六进制 / a phone number, phone:…, id:… or 32 hex characters"
    raise Refused("bad-value", field="SUBJECT", problem=problem)


async def publish_profile(premises: Premises, values: Values) -> dict[str, object]:
    """``effective`` ``now`` or ``next-day``; the draft becomes a version of the hall's profile and is discarded."""
    effective = _text(values, "effective")
    with Draft(premises.hub.paths.draft) as draft:
        profile = draft.load()
        if profile is None:
            raise Refused(
                "bad-value",
                field="draft",
                problem="没有草稿，请先 hallhub profile import / no draft: first hallhub profile import FILE",
            )
        hub = premises.hub
        effective = effective if effective in (NOW, NEXT_DAY) else NOW
        reply = _committed(await hub.submit(PublishProfile(profile, effective, hub.now()), actor=OPERATOR))
        draft.discard()
    return reply


async def publish_calendar(premises: Premises, values: Values) -> dict[str, object]:
    """``text`` is a calendar file; its years join those in force. Raises ``CalendarFileInvalid``."""
    hub = premises.hub
    try:
        years = with_years(hub.hall().calendar.years, load_calendar(_text(values, "text")))
    except CalendarFileInvalid as invalid:
        raise Refused("bad-value", field="calendar", problem=str(invalid)) from None
    return _committed(await hub.submit(PublishCalendar(years, hub.now()), actor=OPERATOR))


async def publish_catalogue(premises: Premises, values: Values) -> dict[str, object]:
    """``catalogue`` is a JSON catalogue file, all of whose items must be good; ``valid_from`` a date, or ``now``;
    ``valid_to`` the last day, or absent."""
    hub, valid_from = premises.hub, _text(values, "valid_from")
    content = _text(values, "catalogue").encode()
    try:
        read = await asyncio.to_thread(read_catalogue, content, hub.profile_on(valid_from))
    except FileInvalid as invalid:
        raise Refused("bad-value", field="catalogue", problem=str(invalid.problems[0])) from None
    if read.bad:
        first = read.bad[0]
        raise Refused("catalogue-invalid", problem=f"{first.code}: {first.problems[0].zh}", count=len(read.bad))
    since = None if valid_from == NOW else valid_from
    until = None if values.get("valid_to") is None else _text(values, "valid_to")
    command = PublishCatalogue(read.items, read.overlays, hub.now(), since, until, _text(values, "source"))
    return _committed(await hub.submit(command, actor=OPERATOR))


async def confirm_clock(premises: Premises, _values: Values) -> dict[str, object]:
    """A person has looked at the server's time and found it right."""
    if premises.running:
        return _committed(await premises.hub.confirm_clock(OPERATOR))
    premises.hub.clock.confirm()
    return _committed(await premises.hub.submit(ConfirmClock(premises.hub.now(), OPERATOR), actor=OPERATOR))


async def settle_keys(premises: Premises, _values: Values) -> dict[str, object]:
    """Everything known about keys is in their file: what a backup asks for after it has copied the log."""
    await asyncio.to_thread(premises.keys.settle)
    return {}


async def status(premises: Premises, _values: Values) -> dict[str, object]:
    """How the hub is; ``devices`` lists who was heard while it runs."""
    hub = premises.hub
    return {"running": premises.running, "position": hub.head(), "day": hub.today, **premises.status()}


async def sync(premises: Premises, values: Values) -> dict[str, object]:
    """``do``: ``status``, ``pause`` or ``resume`` the line to the online hall; → its standing."""
    if premises.line is None:
        return {"configured": False, "running": premises.running}
    return dict(premises.line(_text(values, "do")))


OPERATIONS: Mapping[str, Operation] = {
    "forget": forget,
    "publish-profile": publish_profile,
    "publish-calendar": publish_calendar,
    "publish-catalogue": publish_catalogue,
    "confirm-clock": confirm_clock,
    "settle-keys": settle_keys,
    "sync": sync,
    "status": status,
}


class _Refusal(msgspec.Struct):
    code: str
    facts: dict[str, str | int | float | bool | None]


def _committed(outcome: Outcome) -> dict[str, object]:
    """The reply; a refusal is raised again."""
    if outcome.ok:
        return msgspec.json.decode(outcome.reply, type=dict[str, object])
    refusal = msgspec.json.decode(outcome.reply, type=_Refusal)
    if refusal.code == "no-room":
        raise NoRoom("log")
    raise Refused(refusal.code, **refusal.facts)


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise Refused("bad-value", field=name, problem="text")
    return value
