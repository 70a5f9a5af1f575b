"""Whether each kind of case was really shown, from the log alone: its own entries and those of its visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from hub.demo.casework.ledger import Ledger
from hub.demo.casework.story import Story
from hub.demo.report import aligned
from hub.domain.cases import events as e
from hub.domain.cases.evolve import evolve
from hub.domain.cases.machine import STATES
from hub.domain.cases.state import Case
from hub.domain.queue import events as q
from hub.log.codec import Codec
from hub.log.entry import Entry
from hub.log.port import LogReader


@dataclass(frozen=True, slots=True)
class Judged:
    """``shown``: the log has what makes a case of this kind; else ``lacks`` says what it has not. ``trouble``: why its
    work stopped, as the hub said it. ``score``: of the visit that it came from; ``outlet``: the window that handed out
    its result to somebody who came for it."""

    kind: str
    zh: str
    en: str
    case: str
    number: str
    item: str
    state: str
    shown: bool
    lacks: str = ""
    trouble: str = ""
    score: int | None = None
    outlet: str | None = None


def judge(story: Story, case: str, entries: Sequence[Entry], codec: Codec, visit: Sequence[object]) -> Judged:
    """``entries`` of the case, ``visit``: the events of the day on which its ticket was taken."""
    known = Case()
    told: list[tuple[Entry, object]] = []
    for entry in entries:
        event = codec.decode(entry)
        evolve(known, cast("e.CaseEvent", event))
        told.append((entry, event))
    wanted = list(story.shows)
    for entry, _ in told:
        if wanted and _name(entry) == wanted[0]:
            wanted.pop(0)
    proof = _PROOFS.get(story.kind)
    lacks = wanted[0] if wanted else "" if proof is None or proof(told) else story.kind
    scores = [each.score for each in visit if isinstance(each, q.VisitRated) and each.ticket == known.ticket]
    windows = [event.window for _, event in told if isinstance(event, e.ResultDelivered)]
    state = STATES[known.state]
    return Judged(
        story.kind,
        story.zh,
        story.en,
        case,
        known.number,
        known.item.zh,
        f"{state.zh} {state.en}",
        shown=not lacks,
        lacks=lacks,
        score=scores[-1] if scores else None,
        outlet=windows[-1] if windows and story.collected else None,
    )


def judged(stories: Sequence[Story], ledger: Ledger, reader: LogReader, codec: Codec) -> tuple[Judged, ...]:
    """Every story in its order; one that nobody came for has no number."""
    found: list[Judged] = []
    for story in stories:
        progress = ledger.cases.get(story.kind)
        if progress is None or not progress.case:
            trouble = "" if progress is None else progress.trouble
            found.append(Judged(story.kind, story.zh, story.en, "", "", "", "", shown=False, trouble=trouble))
            continue
        entries = list(reader.read_stream(f"case/{progress.case}"))
        day = getattr(codec.decode(entries[0]), "ticket_day", None)
        visit = [codec.decode(entry) for entry in reader.read_stream(f"queue/{day}")] if day else []
        seen = judge(story, progress.case, entries, codec, visit)
        found.append(replace(seen, trouble=progress.trouble))
    return tuple(found)


def as_lines(judgements: Sequence[Judged], url: str) -> str:
    """For a terminal: the kinds, their numbers and where to look, then what did not go as it should."""
    head = [["情形", "编号", "事项", "现在", "演示", "页面"], ["kind", "number", "item", "now", "shown", "page"]]
    body = [
        [f"{each.zh} {each.en}", each.number, each.item, each.state, _verdict(each), f"{url}/cases/{each.case}"]
        for each in judgements
        if each.number
    ]
    lines = ["办件，一种情形一件 A case of each kind", aligned([*head, *body])]
    for each in judgements:
        if each.outlet is not None:
            rated = "未评价 not rated" if each.score is None else f"评价 rated {each.score}"
            lines.append(
                f"出件与评价 outlet and rating: {each.number} · {each.outlet} 窗口送达 handed out there · {rated}"
            )
    lines += [f"! {each.zh} {each.en}: {why}" for each in judgements if (why := _why(each))]
    return "\n".join(lines)


def failed(judgements: Sequence[Judged]) -> bool:
    """Whether somebody's act was refused or got no answer. What only did not end in time is no failure."""
    return any(each.trouble for each in judgements)


def _verdict(each: Judged) -> str:
    return "是 yes" if each.shown else "否 no"


def _why(each: Judged) -> str:
    if each.trouble:
        return f"没有办成 it failed: {each.trouble}"
    if not each.number:
        return "没有人来办 nobody came for it"
    return "" if each.shown else f"到日终还没有 not by the end of the day: {each.lacks}"


def _name(entry: Entry) -> str:
    return entry.type.partition("/")[0]


Told = Sequence[tuple[Entry, object]]


def _by_the_clock(told: Told) -> bool:
    return any(isinstance(event, e.CaseDeemedAccepted) and entry.actor == "hub" for entry, event in told)


def _merged(told: Told) -> bool:
    notices = [event for _, event in told if isinstance(event, e.CorrectionTold)]
    return len(notices) == 1 and len({defect.step for defect in notices[0].defects if defect.step}) > 1


def _stood_still(told: Told) -> bool:
    started = any(isinstance(event, e.SpecialStarted) and event.excluded and event.stopped for _, event in told)
    return started and any(isinstance(event, e.SpecialEnded) and event.dues for _, event in told)


_PROOFS: Mapping[str, Callable[[Told], bool]] = {
    "deemed": _by_the_clock,
    "joint": _merged,
    "special": _stood_still,
}
"""What the order of events alone does not tell."""
