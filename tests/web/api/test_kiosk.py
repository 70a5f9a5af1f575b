from __future__ import annotations

from pathlib import Path
from typing import cast

import httpx
import pytest

from hub.web.api.kiosk import kiosk_token
from hub.web.site import Site, WebOptions
from tests.web.running import KIOSK, PRINTER, Hall, running_hall


def page(hall: Hall, device: str = KIOSK, **headers: str) -> httpx.AsyncClient:
    """A kiosk's page, with the token that it was rendered with."""
    here = cast("Site", hall.app.state.site)
    return hall.client(**{"Origin": hall.url, "X-CSRF-Token": kiosk_token(here, device), **headers})


async def take(client: httpx.AsyncClient, key: str = "k", device: str = KIOSK, **data: object) -> httpx.Response:
    return await client.post(
        f"/kiosk/{device}/tickets", json={"category": "P", **data}, headers={"Idempotency-Key": key}
    )


async def test_a_kiosk_page_takes_a_number_on_its_floor_and_its_printer_prints(hall: Hall) -> None:
    async with page(hall) as client:
        answer = await take(client, floor=1)
        again = await take(client, floor=1)
    assert (answer.status_code, answer.json()["printer"]) == (201, PRINTER)
    assert again.json() == answer.json()
    (ticket,) = hall.hub.day().tickets.values()
    assert (ticket.line, ticket.kiosk) == ("P/2", KIOSK)


async def test_the_token_of_another_kiosk_is_refused(hall: Hall) -> None:
    async with page(hall, "k2") as client:
        answer = await take(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad-csrf")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_post_from_another_origin_is_refused(hall: Hall, origin: str) -> None:
    async with page(hall, Origin=origin) as client:
        answer = await take(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-origin")


async def test_a_device_that_is_no_kiosk_is_refused(hall: Hall) -> None:
    async with page(hall, PRINTER) as client:
        answer = await take(client, device=PRINTER)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-device")


async def test_an_unregistered_kiosk_works_on_this_machine_while_admission_is_open(tmp_path: Path) -> None:
    async with running_hall(tmp_path) as hall, page(hall, "new") as client:
        assert (await take(client, device="new")).status_code == 201
    (tmp_path / "2").mkdir()
    strict = WebOptions("http://hall.test", secure=False, admission="approved")
    async with running_hall(tmp_path / "2", options=strict) as hall, page(hall, "new") as client:
        assert (await take(client, device="new")).status_code == 404


async def test_a_kiosk_page_is_held_to_a_pace(tmp_path: Path) -> None:
    slow = WebOptions("http://hall.test", secure=False, kiosk_pace=0.1)
    async with running_hall(tmp_path, options=slow) as hall, page(hall) as client:
        first, second = await take(client, "1"), await take(client, "2")
    assert (first.status_code, second.status_code) == (201, 429)
    assert second.json()["code"] == "too-many-tickets"


async def test_a_visitor_reinstates_a_missed_number(hall: Hall) -> None:
    async with page(hall) as client, hall.staff() as staff:
        await take(client)
        await staff.post("/api/v1/windows/203/open")
        windows = [w.number for w in hall.hub.day().windows.values() if "P" in w.categories and w.floor == 2]
        await staff.post(f"/api/v1/windows/{windows[0]}/open")
        assert (await staff.post(f"/api/v1/windows/{windows[0]}/call-next")).json()["number"] == "P001"
        for _ in range(3):
            await staff.post(f"/api/v1/windows/{windows[0]}/recall")
        looked = await staff.post("/api/v1/tickets/P001/absent", headers={"Idempotency-Key": "look"})
        assert looked.status_code == 200
        assert (await staff.post(f"/api/v1/windows/{windows[0]}/miss")).status_code == 200
        back = await client.post(
            f"/kiosk/{KIOSK}/reinstate", json={"number": "p001"}, headers={"Idempotency-Key": "back"}
        )
    assert (back.status_code, back.json()["number"]) == (200, "P001")
