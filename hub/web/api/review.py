"""``/api/v1/cases/{case}/…``: the steps of a case's review, its merged correction, and the decision at its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.core.case_log import CaseRecord
from hub.domain.cases import commands as c
from hub.domain.cases import review_commands as rc
from hub.domain.cases.records import AGENCY_HEAD, Defect
from hub.domain.cases.replies import CaseReply
from hub.domain.cases.review import SUPERVISOR
from hub.domain.refusals import Refused
from hub.views.cases.review_pane import Reviewer, ReviewPane, pane
from hub.web.access.dependencies import Caller, allow, permission
from hub.web.api import case_bodies as b
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.case_acts import resolution
from hub.web.api.documented import documented
from hub.web.cases import read_case
from hub.web.review import (
    acting,
    check_colleague,
    check_decider,
    desk_of,
    leading,
    moment_of,
    reviewer,
    step_rule,
)
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1/cases/{case}", tags=["review"])

Reads = Annotated[Caller, Depends(permission("case.review"))]
Opinion = Annotated[str, Meta(max_length=2000)]


class OpinionBody(msgspec.Struct, frozen=True):
    """``text``: needed where the step asks for it, and to object or send back. ``return`` names either ``defects``,
    which the lead department tells the applicant, or the earlier step ``to``."""

    verdict: Literal["agree", "object", "return"]
    text: Opinion = ""
    defects: Annotated[tuple[b.DefectBody, ...], Meta(max_length=100)] = ()
    to: Annotated[str, Meta(max_length=64)] = ""


class EscalateBody(msgspec.Struct, frozen=True):
    why: b.Words = ""


class AssignBody(msgspec.Struct, frozen=True):
    """``to``: an account of the step's department."""

    to: Annotated[str, Meta(max_length=64)]
    why: b.Words = ""


class MergedBody(msgspec.Struct, frozen=True):
    """What the steps sent it back for is taken from them; ``defects``: what the lead adds. ``days`` to answer."""

    defects: Annotated[tuple[b.DefectBody, ...], Meta(max_length=100)] = ()
    days: int = 15


class HeadExtendBody(msgspec.Struct, frozen=True):
    """The approver is the caller: the head of the agency."""

    reason: b.Words = ""
    notice: b.Words = ""
    basis: b.Words = ""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Who acts on which case and step, and when; ``record``: the case when the request came."""

    here: Site
    caller: Caller
    me: Reviewer
    case: str
    step: str
    day: str
    at: int
    record: CaseRecord

    @property
    def by(self) -> str:
        return self.me.name

    def acting(self) -> tuple[str, str]:
        return acting(self.caller, step_rule(self.record.case, self.step))

    def own(self) -> None:
        """Raises ``Refused("other-department")`` unless the item's department or a supervisor asks."""
        department = self.record.case.item.department
        if self.me.role != SUPERVISOR and self.me.department != department:
            raise Refused("other-department", step="–", department=department)


@dataclass(frozen=True, slots=True)
class ReviewRule:
    path: str
    body: type[msgspec.Struct]
    title: str
    build: Callable[[Reviewing, Any], c.CaseCommand]


def _claim(d: Reviewing, _: b.NothingBody) -> c.CaseCommand:
    department, role = d.acting()
    return rc.ClaimStep(d.case, d.day, d.at, d.by, department, d.step, role)


def _release(d: Reviewing, _: b.NothingBody) -> c.CaseCommand:
    d.acting()
    return rc.ReleaseStep(d.case, d.at, d.by, d.step)


def _opinion(d: Reviewing, asked: OpinionBody) -> c.CaseCommand:
    department, role = d.acting()
    defects = tuple(Defect(each.material, plain(each.what)) for each in asked.defects)
    return rc.GiveOpinion(
        d.case, d.day, d.at, d.by, department, d.step, asked.verdict, plain(asked.text), defects, asked.to, role
    )


def _escalate(d: Reviewing, asked: EscalateBody) -> c.CaseCommand:
    rule = step_rule(d.record.case, d.step)
    if d.me.role != SUPERVISOR and d.me.department != rule.department:
        raise Refused("other-department", step=rule.id, department=rule.department)
    return rc.EscalateStep(d.case, d.at, d.by, d.step, plain(asked.why))


def _assign(d: Reviewing, asked: AssignBody) -> c.CaseCommand:
    rule = step_rule(d.record.case, d.step)
    check_colleague(d.here.access, asked.to, rule.department)
    return rc.AssignStep(d.case, d.at, d.by, d.me.department, d.step, asked.to, plain(asked.why), leading(d.caller))


def _merged(d: Reviewing, asked: MergedBody) -> c.CaseCommand:
    if d.record.case.state != "review":  # at intake a correction is the window's
        raise Refused("wrong-act", number=d.record.case.number, state=d.record.case.state, act="tell-correction")
    defects = tuple(Defect(each.material, plain(each.what)) for each in asked.defects)
    return c.TellCorrection(d.case, d.day, d.at, d.by, defects, asked.days, d.me.department)


def _decide(d: Reviewing, asked: b.ResolutionBody) -> c.CaseCommand:
    if not d.record.case.item.route:
        d.own()
    check_decider(d.caller, d.record.case)
    return c.DecideCase(d.case, d.day, d.at, d.by, resolution(asked), d.me.department, d.me.role)


def _extend(d: Reviewing, asked: HeadExtendBody) -> c.CaseCommand:
    department = d.record.case.item.department
    if d.me.role == SUPERVISOR or d.me.department != department:
        raise Refused("other-department", step="–", department=department)
    if not d.me.head:
        raise Refused("head-needed", department=department)
    return c.ExtendLimit(
        d.case, d.day, d.at, d.by, d.by, AGENCY_HEAD, plain(asked.reason), plain(asked.notice), plain(asked.basis)
    )


def _check(d: Reviewing, asked: b.CheckBody) -> c.CaseCommand:
    d.own()
    return c.RecordCheck(d.case, d.at, d.by, asked.material, asked.passed, plain(asked.finding))


def _special(d: Reviewing, asked: b.SpecialBody) -> c.CaseCommand:
    d.own()
    return c.StartSpecial(d.case, d.day, d.at, d.by, asked.step, plain(asked.notice), asked.days)


def _special_end(d: Reviewing, asked: b.FindingBody) -> c.CaseCommand:
    d.own()
    return c.EndSpecial(d.case, d.day, d.at, d.by, plain(asked.finding))


ACTS = (
    ReviewRule("steps/{step}/claim", b.NothingBody, "认领: the step is the caller's", _claim),
    ReviewRule("steps/{step}/release", b.NothingBody, "退回认领: it is anybody's again", _release),
    ReviewRule("steps/{step}/opinion", OpinionBody, "审查意见: agree, object, or send back", _opinion),
    ReviewRule("steps/{step}/escalate", EscalateBody, "上报: the supervisor may act on it", _escalate),
    ReviewRule("steps/{step}/assign", AssignBody, "改派: by a supervisor or the head of its department", _assign),
    ReviewRule("review/correction", MergedBody, "合并告知补正: by the lead department, once", _merged),
    ReviewRule("review/decide", b.ResolutionBody, "The decision at the route's end, by who decides there", _decide),
    ReviewRule("review/extend", HeadExtendBody, "The one extension, approved by the head who asks", _extend),
    ReviewRule("review/check", b.CheckBody, "承诺核查: what was promised proved true or not", _check),
    ReviewRule("review/special/start", b.SpecialBody, "A special procedure begins", _special),
    ReviewRule("review/special/end", b.FindingBody, "The special procedure has ended", _special_end),
)


@dataclass(frozen=True, slots=True)
class PartyShape:
    """A step of the route; ``state`` empty: not begun. ``verdict`` and ``text`` as far as the caller may read them."""

    step: str
    zh: str
    en: str
    department_zh: str
    department_en: str
    lead: bool
    side: bool
    state_zh: str
    by: str
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class DefectShape:
    material_zh: str
    what: str
    step_zh: str


@dataclass(frozen=True, slots=True)
class ReviewShape:
    """What is asked of the caller in this case (``kind`` None: nothing), and ``acts`` worth offering.

    ``defects``: not told yet, as far as the caller may read them.
    """

    case: str
    kind: str | None
    step: str
    zh: str
    en: str
    by: str
    opinion: bool
    paused: bool
    acts: tuple[str, ...]
    parties: tuple[PartyShape, ...]
    defects: tuple[DefectShape, ...]


@router.get("/review", openapi_extra=documented(ReviewShape))
async def see_review(request: Request, case: str, caller: Reads, step: str = "") -> Response:
    """The review as the caller may see it."""
    return shown(review_shape(await pane_of(site(request), caller, case, step)))


async def pane_of(here: Site, caller: Caller, case: str, step: str) -> ReviewPane:
    """Raises ``Refused("unknown-case")``."""
    record = await read_case(here, case)
    me = reviewer(caller)
    almanac, at = moment_of(here.hub)
    rule = next((each for each in record.case.item.route if each.id == step), None)
    department = me.department or ("" if rule is None else rule.department)
    return pane(record, me, step, desk_of(here.hub, department), almanac, here.hub.profile(), at)


def review_shape(seen: ReviewPane) -> ReviewShape:
    return ReviewShape(
        case=seen.look.id,
        kind=seen.kind,
        step=seen.step,
        zh=seen.task.zh,
        en=seen.task.en,
        by=seen.by,
        opinion=seen.opinion,
        paused=seen.paused,
        acts=tuple(sorted(seen.acts)),
        parties=tuple(
            PartyShape(
                each.id,
                each.named.zh,
                each.named.en,
                each.department.zh,
                each.department.en,
                each.lead,
                each.side,
                "" if each.seen is None else each.seen.state.zh,
                "" if each.seen is None else each.seen.by,
                "" if each.seen is None or each.seen.verdict is None else each.seen.verdict.zh,
                "" if each.seen is None else each.seen.text,
            )
            for each in seen.parties
        ),
        defects=tuple(DefectShape(each.material.zh, each.what, each.step.zh) for each in seen.defects),
    )


def _route(rule: ReviewRule) -> Callable[..., Awaitable[Response]]:
    decoder = msgspec.json.Decoder(rule.body)

    async def carry_out(request: Request, case: str, step: str) -> Response:
        caller = await allow(request, "case.review")
        asked = await read_json(request, decoder)
        done = act(request, caller.actor, asked, key_needed=True)
        here = site(request)
        record = await read_case(here, case)
        doing = Reviewing(here, caller, reviewer(caller), case, step, here.hub.today, here.hub.now(), record)
        return answer(await submit(request, rule.build(doing, cast("Any", asked)), done))

    async def without_step(request: Request, case: str) -> Response:
        return await carry_out(request, case, "")

    made = carry_out if "{step}" in rule.path else without_step
    made.__doc__ = rule.title + "."
    return made


for _rule in ACTS:
    router.add_api_route(
        "/" + _rule.path,
        _route(_rule),
        methods=["POST"],
        name="review-" + _rule.path.replace("{step}/", "").replace("/", "-"),
        openapi_extra=documented(CaseReply, body=_rule.body, key=True),
    )
