"""Every byte that leaves a hall at work, taken off the wire: nobody is in it.

Names, phones, identity numbers, notes, findings, opinions, what is in files, and which ticket a case had are planted in
whatever the hall does and is asked; the wire is searched for them in every form that they could take.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import random
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import httptools
import httpx
import msgspec
import pytest

from hub.compose import Running, running
from hub.core.submission import Command
from hub.demo.fault_proxy import FaultProxy
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Overlay
from hub.domain.queue import commands as q
from hub.domain.ratings import commands as r
from hub.domain.refusals import Refused
from hub.log.entry import Outcome
from hub.receiver.desk import Desk
from hub.settings import Settings
from tests.sync.checked.hall import (
    CASES_TICKET,
    CITIZEN,
    CITIZENS_ID,
    LISTED,
    NOTE,
    PHONE,
    PLANTED,
    HallOffice,
    numbers,
    work,
)
from tests.sync.test_composed import settings_of
from tests.sync.test_feed_process import until
from tests.sync.test_with_receiver import HALL, receiver

IN_FILE, KEY = "植入文件内容", f"visit-{PHONE}"
LOCKER = "植入柜码K7Q2M9"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Wire:
    """What went up, connection by connection."""

    parts: dict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def capture(self, connection: int, part: bytes) -> None:
        self.parts[connection] += part

    def clear(self) -> bytes:
        """The bytes themselves, and each body as it is unpacked and its base64 opened."""
        opened = [bytes(sent) for sent in self.parts.values()]
        for sent in list(opened):
            opened += _bodies(sent)
        return b"\n".join(opened)


def _bodies(sent: bytes) -> list[bytes]:
    found: list[bytes] = []
    body, packed = bytearray(), [False]

    class Heard:
        def on_header(self, name: bytes, value: bytes) -> None:
            packed[0] = packed[0] or (name.lower(), value) == (b"content-encoding", b"gzip")

        def on_body(self, part: bytes) -> None:
            body.extend(part)

        def on_message_complete(self) -> None:
            whole = zlib.decompress(bytes(body), wbits=31) if packed[0] else bytes(body)
            found.append(whole)
            found.extend(_opened(whole))
            body.clear()
            packed[0] = False

    parser = httptools.HttpRequestParser(Heard())
    parser.feed_data(sent)
    return found


def _opened(body: bytes) -> Iterator[bytes]:
    for line in body.splitlines():
        read = msgspec.json.decode(line)
        for event in read if isinstance(read, list) else [read]:
            if isinstance(event, dict) and event.get("data_base64"):
                yield base64.b64decode(event["data_base64"])


def forms(text: str) -> dict[str, bytes]:
    """The text as it could be written on the wire."""
    clear = text.encode()
    shifted = (base64.b64encode(bytes(shift) + clear) for shift in range(3))
    return {
        "utf-8": clear,
        "utf-16": text.encode("utf-16-le"),
        "gb18030": text.encode("gb18030"),
        "json": "".join(f"\\u{ord(each):04x}" if ord(each) > 126 else each for each in text).encode(),
        "percent": quote(text, safe="").encode(),
        "hex": clear.hex().encode(),
        "sha256": hashlib.sha256(clear).hexdigest().encode(),
        # what stands before and after is not known, so only the middle of it is the same
        **{f"base64+{shift}": each[4:-4] for shift, each in enumerate(shifted)},
    }


def always_open(folder: Path, url: str) -> Settings:
    settings = settings_of(folder, url)
    return settings.model_copy(update={"queue": settings.queue.model_copy(update={"hours": "always"})})


def office_of(hall: Running) -> HallOffice:
    loop = asyncio.get_running_loop()

    def submit(command: Command, key: bytes | None = None) -> Outcome:
        asked = _submitted(hall, command, key)
        return asyncio.run_coroutine_threadsafe(asked, loop).result(20)

    return HallOffice(lambda: hall.hub, submit, lambda ms: None)


async def _submitted(hall: Running, command: Command, key: bytes | None) -> Outcome:
    return await hall.hub.submit(command, actor="account/li", key=key)


def a_long_day(office: HallOffice) -> None:
    """Everything that people in a hall do, with people in it."""
    day, at = office.day, office.now
    numbers(office)
    draw = random.Random(4)
    tickets = [f"{n:032x}" for n in range(1, 9)]
    acts: list[Command] = [PublishCatalogue((LISTED,), (Overlay("F-001", "C"),), at)]
    acts += [q.OpenWindow(day, at, window) for window in ("101", "102")]
    acts += [q.TakeTicket(day, at, ticket, "A", items=(NOTE,), note=NOTE) for ticket in tickets]
    acts += [
        q.CallNext(day, at, "101"),
        q.StartService(day, at, "101"),
        q.FinishService(day, at, "101"),
        q.RateVisit(day, at, tickets[0], 1),
        r.OpenRectification(tickets[0], "A001", day, "101", "li", 1, True, at, at),
        r.VerifyRating(tickets[0], "wang", True, NOTE, at),
        r.RecordFix(tickets[0], "wang", NOTE, at),
        r.RecordExplanation(tickets[0], "wang", NOTE, at),
        r.CallBack(tickets[0], "wang", True, True, NOTE, at),
        r.CloseRectification(tickets[0], "wang", at),
        q.CallNext(day, at, "101"),
        q.TransferTicket(day, at, "101", "102", NOTE),
        q.CallNext(day, at, "101"),
        q.ParkTicket(day, at, "101", NOTE),
        q.AbandonTicket(day, at, tickets[5], NOTE),
        q.VoidTicket(day, at, tickets[6], NOTE),
        q.FreezeHall(day, at, NOTE),
        q.ReleaseHall(day, at),
        q.PauseWindow(day, at, "102", NOTE, anyway=True),
    ]
    for act in acts:
        try:
            office.do(act)
        except Refused:
            continue
    for n in range(8):
        for _ in range(30):
            try:
                work(office, draw, (f"{n:x}" * 32,))
            except Refused:
                continue
    office.do(q.CloseDay(day, office.now, NOTE))


async def over_http(hall: Running) -> None:
    token = hall.access.create_token("supervisor", "test")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=hall.web_url, headers=headers, trust_env=False) as client:
        tus = {"Tus-Resumable": "1.0.0"}
        content = (IN_FILE * 40).encode()
        made = await client.post("/api/v1/uploads", headers={**tus, "Upload-Length": str(len(content))})
        piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        assert (await client.patch(made.headers["location"], content=content, headers=piece)).status_code == 204
        ticket = {"category": "A", "phone": PHONE, "note": NOTE}
        await client.post("/api/v1/tickets", json=ticket, headers={"Idempotency-Key": KEY})
        asked = {"channel": "counter", "question": NOTE, "name": CITIZEN, "phone": PHONE, "identity": CITIZENS_ID}
        await client.post("/api/v1/consultations", json=asked, headers={"Idempotency-Key": "c"})
        # what is wrong is told to who asked, and to nobody else
        for path in (f"/api/v1/tickets/{NOTE}", f"/api/v1/cases/{PHONE}", f"/{CITIZENS_ID}"):
            await client.get(path)
            await client.post(path, content=NOTE.encode())


def from_the_city(desk: Desk) -> int:
    """Citizens' own words come down, and not up again."""
    who = {"kind": "person", "name": CITIZEN, "identity": CITIZENS_ID, "phone": PHONE}
    filed = {"item": "F-001", "applicant": who, "form": {NOTE: NOTE}}
    wishes: list[tuple[str, object]] = [
        ("application-filed", filed),
        ("application-filed", {**filed, "item": NOTE}),
        ("application-filed", {**filed, "applicant": {**who, "identity": PHONE}}),
        ("application-filed", {**filed, "applicant": {**who, "phone": NOTE}}),
        ("application-filed", {**filed, "applicant": {**who, "kind": NOTE}}),
        ("application-filed", {**filed, "materials": [{"code": NOTE, "sha256": PHONE, "bytes": NOTE}]}),
        ("application-filed", {NOTE: PHONE}),
        ("application-filed", NOTE),
        ("application-withdrawn", {"case": f"{1:032x}", "reason": NOTE}),
        ("application-withdrawn", {"case": NOTE, "reason": PHONE}),
        ("decision-objected", {"case": "c" * 32, "words": NOTE}),
        ("consultation-asked", {"channel": "web", "question": NOTE, "name": CITIZEN, "phone": PHONE}),
        ("consultation-asked", {"channel": NOTE, "question": NOTE}),
        ("consultation-asked", {"channel": "web", "question": NOTE, "phone": NOTE, "item": NOTE}),
        ("consultation-added", {"consultation": NOTE, "text": NOTE}),
        ("unit-sold", {"day": NOTE, "lease": NOTE, "code": NOTE, "category": NOTE, "phone": PHONE}),
        ("unit-sold", {"day": "2026-12-21", "lease": PHONE, "code": LOCKER[:8], "category": "A", "items": [NOTE]}),
        ("booking-moved", {"day": "2026-12-21", "code": PHONE, "to_day": "2026-12-21", "to_slot": NOTE, "unit": PHONE}),
        ("booking-cancelled", {"day": "2026-12-21", "code": LOCKER[:8], "why": NOTE}),
    ]
    for n, (type, data) in enumerate(wishes, 1):
        desk.store.say(HALL, f"{n:032x}", type, msgspec.json.encode(data), 1)
    desk.bells.ring(HALL)
    return len(wishes)


async def test_nobody_is_in_what_leaves_the_hall(tmp_path: Path) -> None:
    wire = Wire()
    async with receiver(tmp_path, snapshots=False) as (desk, url):
        port = urlsplit(url).port
        assert port is not None
        async with (
            FaultProxy("127.0.0.1", port, capture=wire.capture) as proxy,
            running(always_open(tmp_path, f"http://127.0.0.1:{proxy.port}")) as hall,
        ):
            await until(lambda: desk.store.standing(HALL) is not None)
            office = office_of(hall)
            await over_http(hall)
            asked = from_the_city(desk)
            await asyncio.to_thread(a_long_day, office)
            await until(lambda: hall.line is not None and hall.line.standing().inbox.taken == asked)

            def equal() -> bool:
                found = desk.store.standing(HALL)
                return found is not None and found.committed == hall.hub.head()

            await until(equal)
            here = {entry.type for entry in hall.hub.log.read(0, 100_000)}
            stored = b"\n".join(
                msgspec.json.encode(event) + (event.data_base64 or b"") for event in desk.store.read(HALL, 0, 100_000)
            )
    assert len(here) > 45, sorted(here)
    sent = wire.clear() + stored
    assert "欧***".encode() in sent or b"\\u6b27***" in sent
    hidden = (*PLANTED, IN_FILE, KEY, CASES_TICKET, LOCKER, hashlib.sha256((IN_FILE * 40).encode()).hexdigest())
    seen = {(text, form) for text in hidden for form, bytes in forms(text).items() if bytes and bytes in sent}
    assert not seen, {each: sent[max(0, (at := sent.index(forms(each[0])[each[1]])) - 300) : at + 99] for each in seen}
