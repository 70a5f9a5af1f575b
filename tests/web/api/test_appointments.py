from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import httpx
import pytest

from hub.core.slot_clock import SlotClock
from hub.domain.hall.commands import NOW, PublishProfile
from hub.web.api.kiosk import kiosk_token
from hub.web.site import Site
from tests.web.running import KIOSK, PRINTER, Hall, profile_with_kiosk

TODAY, TOMORROW = "2026-11-23", "2026-11-24"
PERSON = {"name": "李悦", "phone": "13800138000", "identity": "11010519491231002X"}
MINUTE = 60_000


@pytest.fixture
async def keeper(hall: Hall) -> SlotClock:
    """The hall's days are laid out at ten in the morning, a third of floor 1 leased to the online hall."""
    profile = profile_with_kiosk()
    groups = (replace(profile.appointments.groups[0], online_percent=34), *profile.appointments.groups[1:])
    booked = replace(profile.appointments, groups=groups)
    asked = PublishProfile(replace(profile, appointments=booked), NOW, hall.hub.now())
    assert (await hall.hub.submit(asked, actor="test")).ok
    keeper = SlotClock(hall.hub)
    await keeper.look()
    return keeper


async def post(client: httpx.AsyncClient, path: str, key: str = "k", **body: Any) -> httpx.Response:
    return await client.post(f"/api/v1/appointments{path}", json=body, headers={"Idempotency-Key": key})


async def book(client: httpx.AsyncClient, slot: str = "floor-2-1030", **body: Any) -> httpx.Response:
    return await post(client, "", **{"day": TODAY, "slot": slot, "category": "E", "key": slot, **body})


def row(answer: httpx.Response, slot: str) -> dict[str, Any]:
    return next(each for each in answer.json()["slots"] if each["slot"] == slot)


async def test_a_day_shows_for_whom_its_places_are(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff("clerk") as client:
        answer = await client.get(f"/api/v1/appointments/{TODAY}")
    shown = row(answer, "floor-1-1400")
    assert (shown["capacity"], shown["leased"], shown["sold"], shown["walk_in"], shown["left"]) == (24, 8, 0, 12, 4)
    assert shown["starts"] == "2026-11-23T06:00:00Z"
    assert row(answer, "floor-1-0900")["bookable"] is False
    assert row(answer, "floor-1-0900")["leased"] == 0


async def test_a_booking_is_made_moved_and_cancelled(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff("attendant") as client:
        made = await book(client, **PERSON)
        again = await book(client, **PERSON)
        code = made.json()["code"]
        found = await post(client, "/find", phone="138 0013 8000")
        moved = await post(client, f"/{TODAY}/{code}/move", key="m", day=TOMORROW, slot="floor-2-0930")
        later = await post(client, "/find", identity=PERSON["identity"])
        gone = await post(client, f"/{TOMORROW}/{code}/cancel", key="c", why="有事")
        day = await client.get(f"/api/v1/appointments/{TOMORROW}")
    assert (made.status_code, again.json()) == (201, made.json())
    assert made.json() == {**made.json(), "day": TODAY, "starts": "10:30", "state": "booked", "category": "E"}
    assert [(each["name"], each["phone"]) for each in found.json()["found"]] == [("李*", "138****8000")]
    assert (moved.json()["day"], moved.json()["starts"], moved.json()["code"]) == (TOMORROW, "09:30", code)
    states = [(each["day"], each["booking"]["state"], each["name"]) for each in later.json()["found"]]
    assert states == [(TODAY, "moved", "李*"), (TOMORROW, "booked", "李*")]
    assert gone.json()["state"] == "cancelled"
    assert row(day, "floor-2-0930")["booked"] == 0


async def test_names_phones_and_identities_stand_sealed_in_the_log(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff() as client:
        made = await book(client, **PERSON)
        await post(client, f"/{TODAY}/{made.json()['code']}/move", day=TOMORROW, slot="floor-2-0930")
    written = b"".join(entry.data for entry in hall.hub.log.read(0, 10_000) if entry.stream.startswith("slots/"))
    assert all(value.encode() not in written for value in PERSON.values())
    assert made.json()["code"].encode() in written


async def test_check_in_gives_the_bookings_ticket_and_gives_it_again(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff("attendant") as client:
        code = (await book(client, **PERSON)).json()["code"]
        first = await post(client, "/check-in", key="1", code=f"{code[:4].lower()} {code[4:]}", kiosk=KIOSK)
        second = await post(client, "/check-in", key="2", phone="13800138000")
        moving = await post(client, f"/{TODAY}/{code}/move", key="3", day=TOMORROW, slot="floor-2-0930")
    assert (first.status_code, first.json()["number"], first.json()["printer"]) == (201, "E001", PRINTER)
    assert second.json()["ticket"] == first.json()["ticket"]
    assert (moving.status_code, moving.json()["code"]) == (409, "booking-checked-in")
    (ticket,) = hall.hub.day().tickets.values()
    assert (ticket.has_phone, ticket.slot is not None) == (True, True)


async def test_a_unit_sold_in_the_dark_checks_in_by_its_code(hall: Hall, keeper: SlotClock) -> None:
    lease = hall.hub.appointments.day(TODAY).leases["floor-1-1130.0"]
    hall.clock.advance(75 * MINUTE)
    async with hall.staff() as client:
        asked = await post(client, "/check-in", key="1", code=lease.codes[0])
        taken = await post(client, "/check-in", key="2", code=lease.codes[0], category="B")
        day = await client.get(f"/api/v1/appointments/{TODAY}")
    assert (asked.status_code, asked.json()["code"], asked.json()["facts"]["categories"]) == (
        422,
        "category-needed",
        "A,B,C,D",
    )
    assert taken.json()["number"] == "B001"
    assert (row(day, "floor-1-1130")["sold"], row(day, "floor-1-1130")["checked_in"]) == (1, 1)


@pytest.mark.parametrize(
    ("minutes", "day", "refused"),
    [(-1, TODAY, "too-early-to-check-in"), (0, TOMORROW, "booking-other-day"), (65, TODAY, "booking-missed")],
)
async def test_who_comes_early_late_or_on_another_day_is_told(
    hall: Hall, keeper: SlotClock, minutes: int, day: str, refused: str
) -> None:
    async with hall.staff() as client:
        slot = "floor-2-1030" if minutes >= 0 else "floor-2-1100"
        code = (await book(client, slot, day=day)).json()["code"]
        hall.clock.advance(max(minutes, 0) * MINUTE)
        answer = await post(client, "/check-in", key="c", code=code)
    assert (answer.status_code, answer.json()["code"]) == (409, refused)
    assert "…" not in answer.json()["detail"]["zh"]


async def test_nobody_is_kept_waiting_for(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff() as client:
        code = (await book(client)).json()["code"]
        hall.clock.advance(61 * MINUTE)
        await keeper.look()
        day = await client.get(f"/api/v1/appointments/{TODAY}")
    assert row(day, "floor-2-1030")["no_shows"] == 1
    assert [each["state"] for each in day.json()["bookings"] if each["code"] == code] == ["no-show"]


async def test_the_clock_keeps_leases_once_and_renews_them(hall: Hall, keeper: SlotClock) -> None:
    head = hall.hub.head()
    await keeper.look()
    assert hall.hub.head() == head
    last = hall.hub.appointments.day("2026-11-30").leases["floor-1-1600.0"]
    expires = last.expires
    hall.clock.advance(37 * 60 * MINUTE)
    await hall.hub.keep()
    await keeper.look()
    assert last.expires > expires


async def test_a_name_alone_a_full_slot_and_a_day_too_far_are_refused(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff() as client:
        alone = await book(client, name="李悦")
        far = await book(client, day="2026-12-24", key="far")
        for n in range(15):
            assert (await book(client, key=f"{n}")).status_code == 201
        full = await book(client, key="full")
        none = await post(client, "/check-in", key="none")
    assert (alone.status_code, alone.json()["facts"]["field"]) == (422, "phone")
    assert (far.status_code, far.json()["code"]) == (404, "unknown-slot")
    assert (full.status_code, full.json()["code"]) == (409, "slot-full")
    assert (none.status_code, none.json()["code"]) == (422, "bad-value")


async def test_a_kiosk_books_and_checks_in_and_counts_wrong_codes(hall: Hall, keeper: SlotClock) -> None:
    token = kiosk_token(cast("Site", hall.app.state.site), KIOSK)
    async with hall.client(**{"Origin": hall.url, "X-CSRF-Token": token}) as client:

        async def at(path: str, key: str, **body: Any) -> httpx.Response:
            return await client.post(f"/kiosk/{KIOSK}/{path}", json=body, headers={"Idempotency-Key": key})

        free = (await client.get(f"/kiosk/{KIOSK}/slots?category=E")).json()
        assert (free[0]["day"], free[0]["slots"][0]) == (TODAY, {"slot": "floor-2-1030", "starts": "10:30", "left": 15})
        wanted = {"day": TODAY, "slot": "floor-2-1030", "category": "E", "phone": "13800138000"}
        made = await at("appointments", "b", **wanted)
        taken = await at("check-in", "c", code=made.json()["code"])
        for n in range(5):
            wrong = await at("check-in", f"w{n}", code="AAAA2222")
            assert (wrong.status_code, wrong.json()["code"]) == (404, "unknown-booking")
        held = await at("check-in", "h", code=made.json()["code"])
    assert (taken.status_code, taken.json()["number"], taken.json()["printer"]) == (201, "E001", PRINTER)
    assert (held.status_code, held.json()["code"]) == (429, "too-many-codes")


async def test_a_hall_that_stopped_taking_appointments_keeps_those_it_took(hall: Hall, keeper: SlotClock) -> None:
    async with hall.staff() as client:
        code = (await book(client)).json()["code"]
        none = replace(profile_with_kiosk().appointments, groups=())
        asked = PublishProfile(replace(profile_with_kiosk(), appointments=none), NOW, hall.hub.now())
        await hall.hub.submit(asked, actor="test")
        await keeper.look()
        taken = await post(client, "/check-in", key="c", code=code)
        more = await book(client, key="more")
    assert taken.json()["number"] == "E001"
    assert more.json()["code"] == "unknown-slot"
