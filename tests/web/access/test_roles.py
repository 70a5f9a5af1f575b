from __future__ import annotations

import pytest

from hub.web.access.roles import PERMISSIONS, ROLES, Role, may_follow
from tests.web.running import Hall

K = {"Idempotency-Key": "k"}
EVERYONE, SENIOR, TOP = set(ROLES) - {"reviewer"}, {"supervisor", "administrator"}, {"administrator"}
AT_WINDOWS, IN_THE_HALL = EVERYONE - {"attendant"}, SENIOR | {"attendant"}
READING, REVIEWING = AT_WINDOWS | {"reviewer"}, SENIOR | {"reviewer"}
NO_CASE = "c" * 32
C = f"/api/v1/cases/{NO_CASE}"
NO_TALK = "d" * 32
T = f"/api/v1/consultations/{NO_TALK}"
APPLICANT = {"name": "李悦", "identity": "11010519491231002X"}
NEWS = {"id": "n", "kind": "note", "happened_at": "2026-11-23T09:50:00+08:00"}
NO_UPLOAD, NO_FILE = "0" * 32, "f" * 64
HAND = {"number": "XA001", "category": "A", "taken_at": "2026-11-23T09:50:00+08:00"}
MATRIX: list[tuple[str, str, dict[str, object] | None, set[Role]]] = [
    ("GET", "/api/v1/queue", None, EVERYONE),
    ("GET", "/api/v1/windows", None, EVERYONE),
    ("GET", "/api/v1/appointments/2026-11-23", None, EVERYONE),
    ("POST", "/api/v1/appointments", {"day": "2026-11-23", "slot": "x", "category": "A"}, EVERYONE),
    ("POST", "/api/v1/appointments/check-in", {"code": "ABCD2345"}, EVERYONE),
    ("POST", "/api/v1/appointments/find", {"code": "ABCD2345"}, EVERYONE),
    ("POST", "/api/v1/appointments/2026-11-23/NOCODE/move", {"day": "2026-11-24", "slot": "x"}, EVERYONE),
    ("POST", "/api/v1/appointments/2026-11-23/NOCODE/cancel", {}, EVERYONE),
    ("GET", "/api/v1/windows/101", None, EVERYONE),
    ("GET", "/api/v1/tickets/A001", None, EVERYONE),
    ("GET", "/api/v1/hall", None, EVERYONE),
    ("GET", "/api/v1/items", None, EVERYONE),
    ("GET", "/api/v1/catalogue", None, set(ROLES)),
    ("GET", "/api/v1/catalogue/items", None, set(ROLES)),
    ("GET", "/api/v1/catalogue/items/A01", None, set(ROLES)),
    ("GET", "/api/v1/catalogue/difference?before=1&after=1", None, set(ROLES)),
    ("POST", "/api/v1/catalogue/imports", {"content": ""}, {"administrator"}),
    ("POST", "/api/v1/catalogue/versions", {"import": "none"}, {"administrator"}),
    ("GET", "/api/v1/day", None, EVERYONE),
    ("GET", "/api/v1/me", None, set(ROLES)),
    ("POST", "/api/v1/tickets", {"category": "A"}, EVERYONE),
    ("POST", "/api/v1/tickets/A001/abandon", {}, EVERYONE),
    ("POST", "/api/v1/tickets/A001/reinstate", {}, EVERYONE),
    ("POST", "/api/v1/tickets/A001/reprint", {"printer": "p1"}, EVERYONE),
    ("POST", "/api/v1/tickets/A001/void", {"why": "x"}, SENIOR),
    ("POST", "/api/v1/tickets", {"category": "A", "escort": True}, IN_THE_HALL),
    ("POST", "/api/v1/tickets/A001/flag", {"escort": True}, IN_THE_HALL),
    ("POST", "/api/v1/tickets/A001/absent", None, IN_THE_HALL),
    ("POST", "/api/v1/tickets/hand", HAND, IN_THE_HALL),
    ("POST", "/api/v1/windows/101/open", {}, AT_WINDOWS),
    ("POST", "/api/v1/windows/101/call-next", {}, AT_WINDOWS),
    ("POST", "/api/v1/windows/101/pause", {"anyway": True}, SENIOR),
    ("POST", "/api/v1/windows/101/reskill", {"categories": ["A"]}, SENIOR),
    ("GET", "/api/v1/capacity", None, EVERYONE),
    ("GET", "/api/v1/queue/explain?first=A001&second=A002", None, EVERYONE),
    ("POST", "/api/v1/day/freeze", {"why": "演练"}, SENIOR),
    ("POST", "/api/v1/day/release", None, SENIOR),
    ("GET", "/api/v1/reports/days/2026-11-23", None, SENIOR),
    ("GET", "/api/v1/profile", None, SENIOR),
    ("GET", "/api/v1/devices", None, SENIOR),
    ("GET", "/api/v1/policy", None, SENIOR),
    ("POST", "/api/v1/policy", {"seen": 0}, SENIOR),
    ("POST", "/api/v1/day/close", {}, SENIOR),
    ("GET", "/api/v1/ratings", None, SENIOR),
    ("GET", "/api/v1/rectifications", None, SENIOR),
    ("GET", "/api/v1/rectifications/A001", None, SENIOR),
    ("POST", "/api/v1/rectifications/A001/verify", {"founded": True, "words": "x"}, SENIOR),
    ("POST", "/api/v1/rectifications/A001/fix", {"words": "x"}, SENIOR),
    ("POST", "/api/v1/rectifications/A001/explain", {"words": "x"}, SENIOR),
    ("POST", "/api/v1/rectifications/A001/void", {"words": "x"}, SENIOR),
    ("POST", "/api/v1/rectifications/A001/call-back", {"reached": False, "words": "x"}, SENIOR),
    ("POST", "/api/v1/rectifications/A001/close", {}, SENIOR),
    ("POST", "/api/v1/cases", {"item": "A03", "applicant": APPLICANT}, AT_WINDOWS),
    ("POST", "/api/v1/cases/external", {"item": "A04", "external": "x", **APPLICANT}, AT_WINDOWS),
    ("POST", "/api/v1/cases/search", {}, READING),
    ("GET", C, None, READING),
    ("GET", f"{C}/person", None, READING),
    ("GET", f"{C}/names", None, READING),
    ("GET", f"{C}/files/{NO_FILE}", None, READING),
    ("GET", f"{C}/files/{NO_FILE}/pages", None, READING),
    ("GET", f"{C}/files/{NO_FILE}/pages/1", None, READING),
    ("POST", f"{C}/receive", {}, AT_WINDOWS),
    ("POST", f"{C}/applicant", APPLICANT, AT_WINDOWS),
    ("POST", f"{C}/materials", {"materials": []}, AT_WINDOWS),
    ("POST", f"{C}/materials/remove", {"material": "id"}, AT_WINDOWS),
    ("POST", f"{C}/materials/excuse", {"material": "id"}, AT_WINDOWS),
    ("POST", f"{C}/materials/original-checked", {"material": "id"}, AT_WINDOWS),
    ("POST", f"{C}/accept", {}, AT_WINDOWS),
    ("POST", f"{C}/correction", {"defects": []}, AT_WINDOWS),
    ("POST", f"{C}/supplement", {}, AT_WINDOWS),
    ("POST", f"{C}/refuse", {}, AT_WINDOWS),
    ("POST", f"{C}/decide", {"granted": True}, AT_WINDOWS),
    ("POST", f"{C}/deliver", {}, AT_WINDOWS),
    ("POST", f"{C}/archive", {}, AT_WINDOWS),
    ("POST", f"{C}/withdraw", {}, AT_WINDOWS),
    ("POST", f"{C}/milestones", NEWS, AT_WINDOWS),
    ("POST", f"{C}/filing/take", {}, AT_WINDOWS),
    ("POST", f"{C}/filing/leave", {}, AT_WINDOWS),
    ("GET", "/api/v1/filings", None, AT_WINDOWS),
    ("GET", "/api/v1/consultations", None, READING),
    ("POST", "/api/v1/consultations", {"question": "x"}, AT_WINDOWS),
    ("GET", T, None, READING),
    ("POST", f"{T}/answer", {"text": "x"}, READING),
    ("POST", f"{T}/mark", {"n": 1}, READING),
    ("POST", f"{T}/hand-over", {"to": ""}, READING),
    ("POST", f"{T}/close", {}, READING),
    ("POST", f"{T}/question", {"text": "x"}, AT_WINDOWS),
    ("POST", f"{C}/special/start", {"step": "x"}, SENIOR),
    ("POST", f"{C}/special/end", {}, SENIOR),
    ("POST", f"{C}/extend", {}, SENIOR),
    ("POST", f"{C}/check", {"material": "id", "passed": True}, SENIOR),
    ("POST", f"{C}/terminate", {}, SENIOR),
    ("POST", f"{C}/revoke", {}, SENIOR),
    ("GET", f"{C}/review", None, REVIEWING),
    *(
        ("POST", f"{C}/{path}", body, REVIEWING)
        for path, body in (
            ("steps/S1/claim", {}),
            ("steps/S1/release", {}),
            ("steps/S1/opinion", {"verdict": "agree"}),
            ("steps/S1/escalate", {}),
            ("steps/S1/assign", {"to": "x"}),
            ("review/correction", {}),
            ("review/decide", {"granted": True}),
            ("review/extend", {}),
            ("review/check", {"material": "id", "passed": True}),
            ("review/special/start", {"step": "x"}),
            ("review/special/end", {}),
        )
    ),
    ("GET", "/api/v1/inbox", None, REVIEWING),
    ("POST", "/api/v1/inbox/leave", {"to": "x", "first": "2026-11-23", "last": "2026-11-23"}, REVIEWING),
    ("POST", "/api/v1/inbox/leave/back", {}, REVIEWING),
    ("GET", "/api/v1/deadlines", None, SENIOR),
    ("GET", "/api/v1/case-numbers", None, READING),
    ("POST", "/api/v1/case-numbers", {"hall": "DC", "last": 9}, TOP),
    ("POST", "/api/v1/uploads", None, AT_WINDOWS),
    ("HEAD", f"/api/v1/uploads/{NO_UPLOAD}", None, AT_WINDOWS),
    ("GET", f"/api/v1/uploads/{NO_UPLOAD}", None, AT_WINDOWS),
    ("PATCH", f"/api/v1/uploads/{NO_UPLOAD}", None, AT_WINDOWS),
    ("DELETE", f"/api/v1/uploads/{NO_UPLOAD}", None, AT_WINDOWS),
    ("GET", f"/api/v1/files/{NO_FILE}", None, set(ROLES)),
    ("GET", f"/api/v1/files/{NO_FILE}/pages", None, set(ROLES)),
    ("GET", f"/api/v1/files/{NO_FILE}/pages/1", None, set(ROLES)),
    ("POST", "/api/v1/clock/confirm", {}, TOP),
    ("GET", "/api/v1/accounts", None, TOP),
    ("POST", "/api/v1/accounts", {"name": "n", "role": "clerk", "password": "long-enough-1"}, TOP),
    ("PATCH", "/api/v1/accounts/clerk", {"disabled": False}, TOP),
    ("GET", "/api/v1/tokens", None, TOP),
    ("POST", "/api/v1/tokens", {"role": "clerk"}, TOP),
    ("DELETE", "/api/v1/tokens/none", None, TOP),
]


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_each_role_may_do_what_the_matrix_says_and_nothing_else(hall: Hall, role: Role | None) -> None:
    person = hall.signed_in("reviewer") if role == "reviewer" else None
    async with person or hall.client(None if role is None else hall.tokens[role]) as client:
        for method, path, body, allowed in MATRIX:
            answer = await client.request(method, path, json=body, headers=K)
            expected = {401} if role is None else {403} - ({403} if role in allowed else set())
            if expected:
                assert {answer.status_code} == expected, (role, method, path)
            else:
                assert answer.status_code not in (401, 403), (role, method, path, answer.text)


async def test_every_route_of_the_api_stands_in_the_matrix(hall: Hall) -> None:
    async with hall.client() as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    known = {
        (
            method,
            path.replace("101", "{window}")
            .replace("A001", "{ticket}")
            .replace("2026-11-23", "{day}")
            .replace("NOCODE", "{code}"),
        )
        for method, path, _, _ in MATRIX
    }
    known = {(method, path.replace("A01", "{code}")) for method, path in known}
    known = {(method, path.replace(NO_FILE, "{sha256}").replace(NO_UPLOAD, "{upload}")) for method, path in known}
    known = {(method, path.replace(NO_CASE, "{case}").replace("/S1/", "/{step}/")) for method, path in known}
    known = {(method, path.replace(NO_TALK, "{consultation}")) for method, path in known}
    known = {(method, path.partition("?")[0].replace("pages/1", "pages/{page}")) for method, path in known}
    known |= {("PATCH", "/api/v1/accounts/{name}"), ("DELETE", "/api/v1/tokens/{token}")}
    own = {"/api/v1/session", "/api/v1/me/password"}
    for path, operations in document["paths"].items():
        for method in operations:
            if path in own or path.startswith("/api/v1/windows/{window}/"):
                continue
            assert (method.upper(), path) in known, f"{method} {path} is not in the matrix"


def test_a_higher_role_may_do_all_that_a_lower_one_may() -> None:
    assert PERMISSIONS["clerk"] < PERMISSIONS["supervisor"] < PERMISSIONS["administrator"]
    assert PERMISSIONS["attendant"] < PERMISSIONS["supervisor"]


def test_boards_are_public_and_windows_are_not() -> None:
    assert may_follow(None, "board/hall")
    assert may_follow(None, "kiosk/k1")
    assert may_follow("clerk", "case/x")
    assert may_follow("reviewer", "case/x")
    assert not may_follow("attendant", "case/x")
    assert not may_follow(None, "case/x")
    for channel in ("window/101", "overview", "devices"):
        assert not may_follow(None, channel)
        assert may_follow("administrator", channel)
    assert not may_follow("clerk", "devices")
    assert not may_follow("administrator", "unheard-of")


async def test_the_administrator_runs_accounts_and_tokens(hall: Hall) -> None:
    async with hall.staff() as admin, hall.client(Origin=hall.url) as browser:
        made = await admin.post("/api/v1/accounts", json={"name": "李", "role": "clerk", "password": "long-enough-1"})
        again = await admin.post("/api/v1/accounts", json={"name": "李", "role": "clerk", "password": "long-enough-1"})
        bad = await admin.post("/api/v1/accounts", json={"name": "x", "role": "king", "password": "long-enough-1"})
        changed = await admin.patch("/api/v1/accounts/李", json={"role": "supervisor", "password": "another-one-22"})
        off = await admin.patch("/api/v1/accounts/李", json={"disabled": True})
        refused = await browser.post("/api/v1/session", json={"name": "李", "password": "another-one-22"})
        missing = await admin.patch("/api/v1/accounts/nobody", json={"disabled": True})
        names = [account["name"] for account in (await admin.get("/api/v1/accounts")).json()]
        token = (await admin.post("/api/v1/tokens", json={"role": "clerk", "label": "叫号屏"})).json()
        async with hall.client(token["token"]) as client:
            assert (await client.get("/api/v1/me")).json()["role"] == "clerk"
            await admin.delete(f"/api/v1/tokens/{token['id']}")
            assert (await client.get("/api/v1/me")).status_code == 401
        listed = (await admin.get("/api/v1/tokens")).json()
    assert (made.status_code, made.json()["must_change"]) == (201, True)
    assert (again.status_code, again.json()["code"]) == (409, "account-exists")
    assert (bad.status_code, bad.json()["facts"]["field"]) == (422, "role")
    assert (changed.json()["role"], off.json()["disabled"]) == ("supervisor", True)
    assert refused.status_code == 401
    assert missing.status_code == 404
    assert "李" in names
    assert all(each["token"] is None for each in listed)


async def test_a_token_made_beside_the_running_hub_works_at_once(hall: Hall) -> None:
    async with hall.client(hall.access.create_token("clerk")) as client:
        assert (await client.get("/api/v1/queue")).status_code == 200
