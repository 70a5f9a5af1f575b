"""Online filings over HTTP: by legal deadline, taken once, then a case like any other; files announced and here."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from hub.log.cursors import Cursors
from hub.views.wanted_files import WantedFiles, WantedRecord
from hub.web.site import Site
from tests.web.cases import original, post
from tests.web.filings import MATERIAL, filed_week
from tests.web.running import Hall, running_hall


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as running:
        yield running


async def test_what_came_out_of_the_dark_is_listed_by_its_legal_deadline(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    async with hall.staff("clerk") as client:
        found = (await client.get("/api/v1/filings")).json()
    rows = {each["case"]: each for each in found["filings"]}
    assert [each["case"] for each in found["filings"]] == [made[f"filed-{age}"] for age in (9, 8, 2, 0)]
    assert (found["open"], found["late"]) == (4, 2)
    assert [rows[made[f"filed-{age}"]]["deemed"] for age in (9, 8, 2, 0)] == [True, False, False, False]
    assert [rows[made[f"filed-{age}"]]["state"] for age in (9, 8, 2)] == ["review", "received", "received"]
    first = rows[made["filed-9"]]
    assert (first["due"], first["left"], first["missing"], first["coming"]) == ("2026-11-30", -2, 3, 1)


async def test_two_clerks_who_take_the_same_filing_at_once_get_it_once(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    case = made["filed-2"]
    async with hall.signed_in("clerk") as clerk, hall.staff("clerk") as other:
        answers = await asyncio.gather(
            post(clerk, f"/{case}/filing/take", window="101"), post(other, f"/{case}/filing/take", window="102")
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        refused = next(each.json() for each in answers if each.status_code == 409)
        assert (refused["code"], refused["facts"]["number"]) == ("filing-taken", "DC2026A000001")
    async with hall.signed_in("supervisor") as chief:
        assert (await post(chief, f"/{case}/filing/take")).status_code == 200
        assert (await post(chief, f"/{case}/filing/leave")).json()["changed"]


async def test_a_filing_that_was_taken_is_accepted_as_any_case_and_leaves_the_list(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    plain, deemed = made["filed-0"], made["filed-9"]
    async with hall.signed_in("clerk") as client:
        for case in (plain, deemed):
            assert (await post(client, f"/{case}/filing/take", window="101")).status_code == 200
        for each in original("id"):
            await post(client, f"/{plain}/materials", materials=[each])
        assert (await post(client, f"/{plain}/accept")).status_code == 200
        left = {each["case"] for each in (await client.get("/api/v1/filings")).json()["filings"]}
        person = (await client.get(f"/api/v1/cases/{plain}/person")).json()
    assert left == {made["filed-8"], made["filed-2"]}
    assert (person["name"], person["form"]) == ("王小明", {"经营场所": "东城区某街 1 号"})


async def test_files_that_were_announced_are_wanted_until_they_are_here(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    store = cast("Site", hall.app.state.site).materials.store
    cursors = Cursors(None)
    record, files = WantedRecord(hall.hub.codec), WantedFiles(cursors, store.has)
    assert files.wanted() == []
    while cursors.catch_up(hall.hub.log, record):
        pass
    wanted = files.wanted()
    assert [(each.sha256, each.bytes) for each in wanted] == [(MATERIAL["sha256"], MATERIAL["bytes"])]
    assert wanted[0].case in made.values()
    content = b"x" * 100
    digest = hashlib.sha256(content).hexdigest()
    assert WantedFiles(cursors, lambda sha256: sha256 != digest).wanted() == []


async def test_who_may_not_accept_sees_no_filings(hall: Hall) -> None:
    async with hall.staff("attendant") as client:
        assert (await client.get("/api/v1/filings")).status_code == 403
