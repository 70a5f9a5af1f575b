"""No answer of the API holds an opinion that its reader may not read yet, whatever is done in whichever order."""

from __future__ import annotations

import json
import random
from contextlib import AsyncExitStack

import pytest

from hub.domain.cases.state import Case
from hub.domain.cases.visibility import SEES_ALL, leads
from tests.web.reviews import ITEMS, REVIEWERS, Office, in_review, open_office
from tests.web.running import Hall

READERS = ("clerk", "attendant", "supervisor", *REVIEWERS)
STEPS = {"L01": ("draw", "air", "green", "sum"), "C01": ("examine", "visit")}
ACTORS = ("supervisor", *REVIEWERS)


def planted(department: str, n: int) -> str:
    """Words that stand nowhere else, with the department that wrote them."""
    return f"密语{department}第{n}号"


async def bodies(office: Office, reader: str, case: str, number: str) -> str:
    """Everything that this reader can fetch about the case, refusals too."""
    client = office.people[reader]
    steps = [step for each in STEPS.values() for step in each]
    paths = [f"/cases/{case}", f"/cases/{case}/person", f"/cases/{case}/review", "/inbox", "/inbox?stopped=true"]
    paths += [f"/cases/{case}/review?step={step}" for step in steps]
    paths += [f"/deadlines?light={light}" for light in ("red", "yellow", "stopped")]
    texts = [(await client.get(f"/api/v1{path}")).text for path in paths]
    found = await client.post("/api/v1/cases/search", json={"number": number})
    return json.dumps([*texts, found.text], ensure_ascii=False)


def written_by(case: Case, text: str) -> str | None:
    return next((each.department for each in case.opinions if each.text == text), None)


@pytest.mark.parametrize("seed", range(4))
async def test_opinions_never_leak_before_the_decision(hall: Hall, seed: int) -> None:
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        office = await open_office(hall, stack)
        item = chance.choice(tuple(STEPS))
        case = await in_review(hall.hub, item)
        texts: list[str] = []
        for n in range(18):
            await _something(office, chance, case, item, n, texts)
            state = hall.hub.writer.state(f"case/{case}")
            assert isinstance(state, Case)
            if n % 3 == 2 or state.decided_at is not None:
                await _check(office, case, state, texts)
        assert len(texts) > 3


async def _something(office: Office, chance: random.Random, case: str, item: str, n: int, texts: list[str]) -> None:
    """Somebody tries something; much of it is refused, and a refusal must not tell either."""
    # two opinions of one moment are told apart as well: the clock stands unless it is moved
    office.hall.clock.advance(chance.choice((0, 0, 60_000)))
    step = chance.choice(STEPS[item])
    of = next(each.department for each in ITEMS[item].route if each.id == step)
    there = [name for name, (department, _) in REVIEWERS.items() if department == of]
    who = chance.choice(there if chance.random() < 0.7 else ACTORS)
    at = f"/cases/{case}/steps/{step}"
    match chance.choice(("opinion", "opinion", "opinion", "claim", "escalate", "correct", "supplement", "decide")):
        case "opinion":
            text = planted(REVIEWERS.get(who, ("supervisor", True))[0], n)
            verdict = chance.choice(("agree", "agree", "object", "return"))
            more: dict[str, object] = {}
            if verdict == "return":
                more["defects"] = [{"material": "form", "what": f"补正项{text}"}]
            texts.append(text)
            answer = await office.post(who, f"{at}/opinion", verdict=verdict, text=text, **more)
            if answer.status_code != 200:
                assert text not in answer.text
        case "claim":
            await office.post(who, f"{at}/claim")
        case "escalate":
            await office.post(who, f"{at}/escalate", why="请主管定夺")
        case "correct":
            await office.post(who, f"/cases/{case}/review/correction", days=5)
        case "supplement":
            form = [{"material": "form", "original": True, "grade": "B"}]
            await office.post("clerk", f"/cases/{case}/supplement", materials=form)
        case _:
            body = {"granted": chance.random() < 0.5, "reasons": "理由", "basis": "依据", "despite": "仍准予"}
            await office.post(who, f"/cases/{case}/review/decide", **body)


async def _check(office: Office, id: str, case: Case, texts: list[str]) -> None:
    for reader in READERS:
        if reader in SEES_ALL:
            continue
        seen = await bodies(office, reader, id, case.number)
        department = REVIEWERS.get(reader, ("", False))[0]
        for text in texts:
            author = written_by(case, text)
            if author is not None and (case.decided_at is not None or author == department):
                continue
            # a defect's words are for the lead, who merges them, and for everybody once the notice is told
            open_defects = bool(case.notices) or department in leads(case)
            left = seen.replace(f"补正项{text}", "") if open_defects else seen
            assert text not in left, (reader, text, case.state)
