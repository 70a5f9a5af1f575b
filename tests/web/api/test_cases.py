"""Cases over HTTP: opened once, handled by the rules, seen as far as a role may see them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from hub.core.catalogue_file import write_json
from hub.domain.cases.review_commands import ClaimStep, GiveOpinion
from hub.domain.catalogue.item import MaterialRule
from hub.domain.hall.profile import OUTLET
from hub.domain.queue import commands as q
from tests.web.api.test_catalogue import in_force
from tests.web.cases import FIRM, LI, WANG, open_for_cases, opened, original, pledge, post, upload
from tests.web.running import HASHED, Hall, running_hall


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as running:
        await open_for_cases(running.hub)
        yield running


async def see(client: httpx.AsyncClient, case: str) -> dict[str, object]:
    answer = await client.get(f"/api/v1/cases/{case}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_case_submitted_twice_is_one_case(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        body = {"item": "A03", "applicant": LI, "materials": original("id", "form")}
        first, again = await asyncio.gather(post(client, "", "same", **body), post(client, "", "same", **body))
        other = await post(client, "", "same", **{**body, "applicant": WANG})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["number"] == "DC2026A000001"
    assert {"idempotency-replayed" in each.headers for each in (first, again)} == {True, False}
    assert (other.status_code, other.json()["code"]) == (409, "other-body")
    assert len(hall.hub.log.streams("case/")) == 1


async def test_an_item_of_the_window_goes_from_filing_to_the_archive(hall: Hall) -> None:
    async with hall.signed_in("clerk") as client:
        case = await opened(client, "A01", "id", "form")
        received = await see(client, case)
        done = [
            await post(client, f"/{case}/accept", decision={"granted": True, "result": "营0001"}),
            await post(client, f"/{case}/deliver", to="李悦", window="101"),
            await post(client, f"/{case}/archive", place="A-1"),
        ]
        seen = await see(client, case)
    assert [answer.status_code for answer in done] == [200] * 3, [answer.text for answer in done]
    assert [answer.json()["state"] for answer in done] == ["decided", "delivered", "archived"]
    assert (received["turn"]["what_zh"], received["turn"]["due"]) == ("受理、补正告知或不予受理", "2026-11-24")  # type: ignore[index]
    assert {"accept", "correction", "refuse"} < set(received["acts"])  # type: ignore[arg-type]
    assert (seen["outcome"], seen["result"], seen["acts"]) == ("granted", "营0001", ["revoke"])
    assert [step["zh"] for step in seen["history"]] == [
        "建件",
        "提交材料",
        "收件",
        "受理",
        "决定：准予",
        "送达",
        "归档",
    ]  # type: ignore[index,union-attr]


async def test_personal_values_are_masked_but_for_the_clerk_of_the_case_and_supervisors(hall: Hall) -> None:
    async with hall.signed_in("clerk") as mine, hall.staff("clerk") as other, hall.staff("supervisor") as senior:
        case = await opened(mine, "A03")
        seen = await mine.get(f"/api/v1/cases/{case}")
        clear = [await each.get(f"/api/v1/cases/{case}/person") for each in (mine, other, senior)]
    for secret in (LI["identity"], LI["name"], LI["phone"]):
        assert secret not in seen.text
    assert seen.json()["applicant"]["identity"] == "110*************2X"
    assert [answer.status_code for answer in clear] == [200, 403, 200]
    assert clear[0].json()["identity"] == LI["identity"]
    assert clear[0].headers["cache-control"] == "no-store"


async def test_a_wrong_check_digit_is_refused_in_words_and_opens_nothing(hall: Hall) -> None:
    wrong = {**LI, "identity": "110105194912310021"}
    async with hall.staff("clerk") as client:
        person = await post(client, "", item="A03", applicant=wrong)
        firm = await post(client, "", item="A03", applicant={**FIRM, "identity": "91110000600037341X"})
        agent = await post(client, "", item="A03", applicant={**FIRM, "contact": wrong})
        passport = await post(client, "", item="A03", applicant={**LI, "identity": "E 12345678", "document": "other"})
        right = await post(client, "", item="A03", applicant=FIRM)
        seen = await see(client, right.json()["case"])
    assert (person.status_code, person.json()["code"]) == (422, "bad-identity")
    assert "证件号码不正确" in person.json()["detail"]["zh"]
    assert firm.json()["code"] == "bad-credit-code"
    assert agent.json()["code"] == "bad-identity"
    assert (passport.status_code, right.status_code) == (201, 201)
    assert (seen["applicant"]["name"], seen["applicant"]["contact"]) == (FIRM["name"], "李*")  # type: ignore[index]


async def test_of_two_clerks_at_once_one_accepts(hall: Hall) -> None:
    async with hall.staff("clerk") as one, hall.staff("supervisor") as two:
        case = await opened(one, "A03", "id", "form")
        answers = await asyncio.gather(post(one, f"/{case}/accept"), post(two, f"/{case}/accept"))
        seen = await see(one, case)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(answer.json()["code"] for answer in answers if answer.status_code == 409) == "wrong-act"
    assert [step["zh"] for step in seen["history"]].count("受理") == 1  # type: ignore[index,union-attr]


async def test_missing_materials_are_named_and_a_pledge_stands_for_secondary_ones_only(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        case = await opened(client, "A02", "id", "form", "proof")
        bare = await post(client, f"/{case}/accept")
        bad = await opened(client, "A02", "form", "lease", "proof")
        main = await post(client, f"/{bad}/accept", pledge=await pledge(client, "id", due="2026-12-01"))
        late = await post(client, f"/{case}/accept", pledge=await pledge(client, "lease", due="2026-12-30"))
        owed = await post(client, f"/{case}/accept", pledge=await pledge(client, "lease", due="2026-11-30"))
        unsigned = await post(client, f"/{bad}/accept", pledge={"materials": ["lease"], "due": "2026-11-30"})
        forged = await post(
            client, f"/{bad}/accept", pledge={"materials": ["lease"], "due": "2026-11-30", "sha256": "5" * 64}
        )
        seen = await see(client, case)
    assert (unsigned.json()["code"], forged.json()["code"]) == ("materials-missing", "file-not-here")
    assert (bare.status_code, bare.json()["facts"]["materials"]) == (409, "场地使用证明")
    assert main.json()["code"] == "main-material"
    assert late.json()["code"] == "tolerance-too-late"
    assert owed.status_code == 200, owed.text
    assert seen["owed"] == ["lease"]
    assert {clock["clock"] for clock in seen["clocks"]} >= {"legal", "promised", "tolerance"}  # type: ignore[index,union-attr]


async def test_no_decision_while_something_is_owed(hall: Hall) -> None:
    async with hall.staff("clerk") as client, hall.staff("supervisor") as senior:
        case = await opened(client, "A02", "id", "form", "proof")
        await post(client, f"/{case}/accept", pledge=await pledge(client, "lease", due="2026-11-30"))
        await reviewed(hall, case)
        refused = await post(senior, f"/{case}/decide", granted=True)
        offered = (await see(senior, case))["acts"]
        settled = await post(client, f"/{case}/materials", materials=original("lease"))
        decided = await post(senior, f"/{case}/decide", granted=True, result="JY1")
    assert (refused.status_code, refused.json()["code"]) == (409, "still-owed")
    assert "decide" not in offered  # type: ignore[operator]
    assert settled.status_code == 200, settled.text
    assert (decided.status_code, decided.json()["state"]) == (200, "decided")


async def test_a_correction_is_told_once(hall: Hall) -> None:
    told = {"defects": [{"material": "form", "what": "没有签名"}], "days": 10}
    async with hall.staff("clerk") as client:
        case = await opened(client, "A03", "id")
        first = await post(client, f"/{case}/correction", **told)
        early = await post(client, f"/{case}/supplement")
        back = await post(client, f"/{case}/supplement", materials=original("form"))
        second = await post(client, f"/{case}/correction", defects=[{"material": "id", "what": "看不清"}])
        mute = await post(client, f"/{case}/correction", defects=[{"material": "form", "what": " "}])
    assert (first.status_code, first.json()["state"]) == (200, "correction")
    assert early.json()["code"] == "corrections-missing"
    assert (back.status_code, back.json()["state"]) == (200, "received")
    assert (second.status_code, second.json()["code"]) == (409, "correction-told")
    assert mute.json()["code"] == "reason-needed"


async def test_clerks_do_not_decide_what_departments_review(hall: Hall) -> None:
    async with hall.staff("clerk") as client, hall.staff("supervisor") as senior:
        case = await opened(client, "A03", "id", "form")
        await post(client, f"/{case}/accept")
        at_window = await post(client, f"/{case}/decide", granted=True)
        bare = await post(senior, f"/{case}/decide", granted=False)
        refused = await post(senior, f"/{case}/decide", granted=False, reasons="不符合条件", basis="条例第五条")
    assert (at_window.status_code, at_window.json()["code"]) == (403, "not-allowed")
    assert bare.json()["code"] == "reason-needed"
    assert (refused.status_code, refused.json()["state"]) == (200, "decided")


async def test_opinions_are_not_in_the_answer_of_who_may_not_read_them(hall: Hall) -> None:
    async with hall.staff("clerk") as client, hall.staff("supervisor") as senior:
        case = await opened(client, "A02", "id", "form", "lease", "proof")
        await post(client, f"/{case}/accept")
        await reviewed(hall, case, text="内部意见：同意")
        before, senior_sees = await client.get(f"/api/v1/cases/{case}"), await senior.get(f"/api/v1/cases/{case}")
        await post(senior, f"/{case}/decide", granted=True)
        after = await client.get(f"/api/v1/cases/{case}")
    assert "内部意见" not in before.text
    assert before.json()["steps"][0]["verdict"] == ""
    assert "内部意见" in senior_sees.text
    assert "内部意见" in after.text


async def test_limits_are_stopped_and_extended_by_who_supervises(hall: Hall) -> None:
    async with hall.staff("clerk") as client, hall.staff("supervisor") as senior:
        case = await opened(client, "A02", "id", "form", "lease", "proof")
        await post(client, f"/{case}/accept")
        nobody = await post(senior, f"/{case}/extend", reason="疑难", notice="延1号")
        longer = await post(senior, f"/{case}/extend", approver="张局", reason="疑难", notice="延1号")
        stopped = await post(senior, f"/{case}/special/start", step="expert", notice="评1号", days=15)
        during = await see(client, case)
        ended = await post(senior, f"/{case}/special/end", finding="通过")
        by_clerk = await post(client, f"/{case}/special/start", step="expert", notice="评2号")
    assert nobody.json()["code"] == "wrong-approver"
    assert (longer.status_code, stopped.status_code, ended.status_code) == (200, 200, 200)
    legal = next(clock for clock in during["clocks"] if clock["clock"] == "legal")  # type: ignore[union-attr]
    assert (legal["state"], legal["due"], legal["extended"]) == ("stopped", None, 10)  # type: ignore[index]
    assert by_clerk.status_code == 403


async def test_a_case_of_another_system_is_registered_and_told_its_milestones(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        body = {"item": "A04", "name": "李悦", "identity": LI["identity"], "external": "JS-77"}
        made = await post(client, "/external", **body)
        wrong = await post(client, "/external", **{**body, "item": "A03"})
        case = made.json()["case"]
        moved = await post(
            client, f"/{case}/milestones", id="n1", kind="decided", happened_at="2026-11-23T01:00:00Z", granted=True
        )
        ours = await post(client, f"/{case}/accept")
        seen = await see(client, case)
    assert (made.status_code, made.json()["state"]) == (201, "received")
    assert wrong.json()["code"] == "not-external"
    assert moved.json()["state"] == "decided"
    assert ours.json()["code"] == "external-case"
    assert (seen["clocks"], seen["external"], seen["acts"]) == ([], "JS-77", ["deliver", "milestones"])


async def test_a_milestone_of_a_day_alone_is_taken_and_one_of_tomorrow_is_not(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        made = await post(client, "/external", item="A04", name="李悦", identity=LI["identity"], external="JS-78")
        case, today = made.json()["case"], hall.hub.today
        tomorrow = (date.fromisoformat(today) + timedelta(1)).isoformat()
        for day in ("", "2026-02-30", "1999-12-31", tomorrow):
            wrong = await post(client, f"/{case}/milestones", id="n", kind="review", happened_on=day)
            assert wrong.status_code in (400, 422), wrong.text
        whenever = await post(client, f"/{case}/milestones", id="n", kind="review")
        moved = await post(client, f"/{case}/milestones", id="n", kind="review", happened_on=today, said="已转审")
        seen = await see(client, case)
    assert whenever.json()["code"] == "bad-value"
    assert moved.json()["state"] == "review"
    assert any(each["note"] == "已转审" for each in seen["history"])  # type: ignore[union-attr, index]


async def test_a_draft_is_kept_without_a_number_and_received_later(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        case = await opened(client, "A03", receive=False)
        changed = await post(client, f"/{case}/applicant", **WANG)
        received = await post(client, f"/{case}/receive")
        again = await post(client, f"/{case}/receive")
    assert (changed.status_code, changed.json()["number"]) == (200, "")
    assert received.json()["number"] == "DC2026A000001"
    assert again.json()["code"] == "wrong-act"


async def test_a_case_is_found_by_number_ticket_and_a_typed_identity(hall: Hall) -> None:
    hub = hall.hub
    ticket = hub.ticket_id()
    await hub.submit(q.TakeTicket(hub.today, hub.now(), ticket, "A"), actor="test")
    async with hall.staff("clerk") as client:
        case = await opened(client, "A03", "id", "form", ticket="A001", window="101")
        other = await post(client, "", item="A02", applicant=WANG)
        number = await client.post("/api/v1/cases/search", json={"number": "dc2026a000001"})
        person = await client.post("/api/v1/cases/search", json={"identity": "110105 19491231 002x"})
        wrong = await client.post("/api/v1/cases/search", json={"identity": "110105194912310021"})
        state = await client.post("/api/v1/cases/search", json={"state": "received"})
        odd = await client.post("/api/v1/cases/search", json={"state": "lost"})
    assert [row["case"] for row in number.json()["cases"]] == [case]
    assert number.json()["cases"][0]["ticket_number"] == "A001"
    assert [row["case"] for row in person.json()["cases"]] == [case]
    assert LI["identity"] not in person.text
    assert wrong.json()["code"] == "bad-identity"
    assert [row["case"] for row in state.json()["cases"]] == [other.json()["case"], case]
    assert odd.json()["facts"]["field"] == "state"


async def test_a_file_counts_only_when_it_is_stored_and_the_caller_may_see_it(hall: Hall) -> None:
    text = "申请表\n".encode()
    sha256 = hashlib.sha256(text).hexdigest()
    async with hall.staff("clerk") as client, hall.staff("supervisor") as senior, hall.signed_in("clerk") as other:
        case = await opened(client, "A03", "id")
        missing = await post(client, f"/{case}/materials", materials=[{"material": "form", "sha256": "0" * 64}])
        await upload(client, text)
        foreign = await post(other, f"/{case}/materials", materials=[{"material": "form", "sha256": sha256}])
        taken = await post(client, f"/{case}/materials", materials=[{"material": "form", "sha256": sha256}])
        seen = await see(senior, case)
    assert missing.json()["code"] == foreign.json()["code"] == "file-not-here"
    assert taken.status_code == 200, taken.text
    form = next(each for each in seen["materials"] if each["material"] == "form")  # type: ignore[union-attr]
    assert (form["size"], form["media_type"], form["grade"]) == (len(text), "text/plain", "C")  # type: ignore[index]


async def test_every_act_that_names_a_file_is_refused_when_it_is_not_stored_or_not_the_callers(hall: Hall) -> None:
    async with hall.staff("clerk") as client, hall.signed_in("clerk") as other:
        foreign = await upload(other, b"another clerk's paper")
        case = await opened(client, "A02", "id", "form")
        asked = await opened(client, "A03", "id")
        await post(client, f"/{asked}/correction", defects=[{"material": "form", "what": "没有签名"}])
        found: list[tuple[int, str]] = []
        for sha256 in ("0" * 64, foreign):
            held = {"materials": [{"material": "form", "sha256": sha256}]}
            signed = {"materials": ["proof"], "sha256": sha256}
            for path, body in (
                ("", {"item": "A03", "applicant": LI, **held}),
                (f"/{case}/materials", held),
                (f"/{asked}/supplement", held),
                (f"/{case}/accept", {"pledge": {**signed, "due": "2026-11-30"}}),
                (f"/{case}/accept", {"promise": {**signed, "check_days": 20}}),
            ):
                answer = await post(client, path, **body)
                found.append((answer.status_code, answer.json()["code"]))
            for path in ("/api/v1/files", f"/api/v1/cases/{case}/files"):
                hidden = await client.get(f"{path}/{sha256}")
                assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown-file")
        seen = await see(client, case)
    assert set(found) == {(422, "file-not-here")}
    assert seen["state"] == "received"


async def test_the_files_of_a_case_are_seen_by_whoever_may_see_the_case(hall: Hall) -> None:
    text = "申请表\n".encode()
    sha256 = hashlib.sha256(text).hexdigest()
    async with hall.staff("clerk") as client, hall.signed_in("clerk") as other, hall.staff("attendant") as outside:
        case = await opened(client, "A03")
        await upload(client, text)
        before = await other.get(f"/api/v1/cases/{case}/files/{sha256}")
        await post(client, f"/{case}/materials", materials=[{"material": "form", "sha256": sha256}])
        alone = await other.get(f"/api/v1/files/{sha256}")
        within = await other.get(f"/api/v1/cases/{case}/files/{sha256}")
        counted = await other.get(f"/api/v1/cases/{case}/files/{sha256}/pages")
        denied = await outside.get(f"/api/v1/cases/{case}/files/{sha256}")
    assert [answer.status_code for answer in (before, alone, within, denied)] == [404, 404, 200, 403]
    assert within.content == text
    assert within.headers["content-security-policy"].startswith("sandbox")
    assert counted.json()["pages"] == 0


async def test_who_sits_at_the_outlet_reads_the_name_while_the_result_waits_and_nothing_else(hall: Hall) -> None:
    hub = hall.hub
    hall.access.create_account("outlet", "clerk", HASHED, must_change=False)
    outlet = next(each.number for each in hub.profile().windows if each.home == OUTLET)

    async def asked(client: httpx.AsyncClient, what: str) -> int:
        return (await client.get(f"/api/v1/cases/{case}/{what}")).status_code

    async with hall.signed_in("clerk") as filing, hall.signed_in("outlet") as client:
        case = await opened(filing, "A01", "id", "form")
        away = await asked(client, "names")
        assert (await hub.submit(q.SignInClerk(hub.today, hub.now(), outlet, "outlet"), actor="outlet")).ok
        early = await asked(client, "names")
        await post(filing, f"/{case}/accept", decision={"granted": True, "result": "营0001"})
        names = await client.get(f"/api/v1/cases/{case}/names")
        person = await asked(client, "person")
        await post(client, f"/{case}/deliver", window=outlet)
        printing = await asked(client, "names")
        await post(client, f"/{case}/archive")
        afterwards = await asked(client, "names")
    assert (away, early) == (403, 403)
    assert names.json() == {"kind": "person", "name": "李悦", "contact_name": None}
    assert names.headers["cache-control"] == "no-store"
    assert (person, printing, afterwards) == (403, 200, 403)


async def test_what_the_hall_holds_of_the_same_person_is_used_again(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        first = await opened(client, "A03", "id", "form")
        second = await opened(client, "A02")
        third = await post(client, "", item="A02", applicant=WANG)
        taken = await post(client, f"/{second}/materials", materials=[{"material": "id", "reused_from": first}])
        foreign = await post(
            client, f"/{third.json()['case']}/materials", materials=[{"material": "id", "reused_from": first}]
        )
        unnamed = await post(client, f"/{second}/materials", materials=[{"material": "form", "reused_from": first}])
        seen = await see(client, second)
    assert taken.status_code == 200, taken.text
    held = next(each for each in seen["materials"] if each["material"] == "id")  # type: ignore[union-attr]
    assert (held["standing"], held["grade"], held["reused_from"]) == ("there", "B", first)  # type: ignore[index]
    assert foreign.json()["code"] == unnamed.json()["code"] == "not-reusable"


async def test_unknown_cases_and_items_are_refused_by_name(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        odd = await client.get("/api/v1/cases/nobody")
        unknown = await post(client, f"/{'0' * 32}/accept")
        item = await post(client, "", item="Z99", applicant=LI)
        keyless = await client.post("/api/v1/cases", json={"item": "A03", "applicant": LI})
    assert (odd.status_code, odd.json()["code"]) == (404, "unknown-case")
    assert unknown.status_code == 404
    assert item.json()["code"] == "unknown-item"
    assert keyless.json()["code"] == "idempotency-key-needed"


async def test_numbers_come_from_blocks_that_the_administrator_reserves(hall: Hall) -> None:
    async with hall.staff() as admin, hall.staff("supervisor") as senior:
        key = {"Idempotency-Key": "b"}
        body = {"hall": "DC", "first": 10_000, "last": 10_099}
        denied = await senior.post("/api/v1/case-numbers", json=body, headers=key)
        more = await admin.post("/api/v1/case-numbers", json=body, headers=key)
        left = (await senior.get("/api/v1/case-numbers")).json()
        odd = await senior.get("/api/v1/case-numbers", params={"year": "x"})
    assert denied.status_code == 403
    assert more.json() == {"year": "2026", "left": 10_099}
    assert (left["hall"], left["left"]) == ("DC", 10_099)
    assert odd.status_code == 422


async def test_a_block_used_up_is_told_and_the_draft_waits_for_the_next_one(tmp_path: Path) -> None:
    async with running_hall(tmp_path) as hall, hall.staff("administrator") as admin, hall.staff("clerk") as client:
        block = {"hall": "DC", "last": 3}
        await admin.post("/api/v1/case-numbers", json=block, headers={"Idempotency-Key": "one"})
        answers = await asyncio.gather(*(post(client, "", item="A02", applicant=LI) for _ in range(8)))
        draft = await post(client, "", item="A02", applicant=LI, receive=False)
        stuck = await post(client, f"/{draft.json()['case']}/receive")
        more = {"hall": "DC", "first": 4, "last": 9}
        await admin.post("/api/v1/case-numbers", json=more, headers={"Idempotency-Key": "two"})
        taken = await post(client, f"/{draft.json()['case']}/receive")
    numbers = sorted(answer.json()["number"] for answer in answers if answer.status_code == 201)
    assert numbers == [f"DC2026A{n:06d}" for n in (1, 2, 3)]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(409, "block-used-up")}
    assert "预留" in stuck.json()["detail"]["zh"]
    assert taken.json()["number"] == "DC2026A000004"


async def test_a_version_published_mid_case_changes_no_open_case(hall: Hall) -> None:
    before = in_force(hall)
    items = tuple(
        replace(item, promised_days=3, materials=(*item.materials, MaterialRule("extra", "新增材料", "one more")))
        if item.code == "A02"
        else item
        for item in before.items
    )
    content = base64.b64encode(write_json(replace(before, items=items))).decode()
    async with hall.staff("administrator") as admin, hall.staff("clerk") as client:
        draft = (await post(client, "", item="A02", applicant=LI, receive=False)).json()["case"]
        old = await opened(client, "A02", "id", "form", "lease", "proof")
        sent = {"name": "next.json", "content": content}
        held = (await admin.post("/api/v1/catalogue/imports", json=sent, timeout=60)).json()["id"]
        key = {"Idempotency-Key": "next"}
        done = await admin.post("/api/v1/catalogue/versions", json={"import": held}, headers=key)
        assert done.json()["version"] == before.version + 1, done.text
        accepted = [await post(client, f"/{old}/accept")]
        await post(client, f"/{draft}/materials", materials=original("id", "form", "lease", "proof"))
        accepted += [await post(client, f"/{draft}/receive"), await post(client, f"/{draft}/accept")]
        new = await opened(client, "A02", "id", "form", "lease", "proof")
        lacking = await post(client, f"/{new}/accept")
        seen = [await see(client, case) for case in (old, draft, new)]
        unknown = await post(client, f"/{old}/materials", materials=original("extra"))
    assert [answer.status_code for answer in accepted] == [200] * 3
    assert [each["catalogue"] for each in seen] == [before.version, before.version, before.version + 1]
    promised = {clock["limit"] for each in seen[:2] for clock in each["clocks"] if clock["clock"] == "promised"}  # type: ignore[attr-defined]
    assert promised == {8}
    assert (lacking.json()["code"], unknown.json()["code"]) == ("materials-missing", "unknown-material")


@pytest.mark.parametrize("approver", [None, "", "   ", "\u200b"])
async def test_an_extension_without_its_approver_is_refused(hall: Hall, approver: str | None) -> None:
    words = {"reason": "案情复杂", "notice": "延期通知书 1 号"}
    async with hall.staff("clerk") as client, hall.staff("supervisor") as senior:
        case = await opened(client, "A02", "id", "form", "lease", "proof")
        await post(client, f"/{case}/accept")
        named = {} if approver is None else {"approver": approver}
        refused = await post(senior, f"/{case}/extend", **words, **named)
        below = await post(client, f"/{case}/extend", **words, approver="王局长")
        clocks = (await see(client, case))["clocks"]
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong-approver")
    assert (below.status_code, below.json()["code"]) == (403, "not-allowed")
    assert all(not clock["extended"] for clock in clocks)  # type: ignore[attr-defined]


async def test_a_date_that_cannot_be_is_refused_and_opens_nothing(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        for odd in ("1970-01-01T00:00:01Z", "2016-11-23T01:00:00Z", "2090-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
            answer = await post(client, "", item="A03", applicant=LI, received_at=odd)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad-value"), odd
    assert hall.hub.log.streams("case/") == []


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "1.2", "1e9", "\u0661", ""])
async def test_a_list_asked_for_from_nowhere_is_refused_or_begins_anew(hall: Hall, after: str) -> None:
    async with hall.staff("supervisor") as senior:
        await opened(senior, "A03", "id")
        answers = [
            await senior.post("/api/v1/cases/search", json={"after": after}),
            *[await senior.get(f"/api/v1/{path}", params={"after": after}) for path in ("deadlines", "inbox")],
        ]
    assert {answer.status_code for answer in answers} <= {200, 422}


async def reviewed(hall: Hall, case: str, text: str = "符合要求") -> None:
    """The department's one step, done."""
    hub = hall.hub
    for command in (
        ClaimStep(case, hub.today, hub.now(), "rev", "D101", "examine"),
        GiveOpinion(case, hub.today, hub.now(), "rev", "D101", "examine", "agree", text),
    ):
        outcome = await hub.submit(command, actor="account/rev")
        assert outcome.ok, outcome.reply
