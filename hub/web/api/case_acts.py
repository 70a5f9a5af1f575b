"""``/api/v1/cases/{case}/…``: every act on a case but the steps of its review. A table from the path to the command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.core.applicants import ApplicantBody, applicant
from hub.core.case_log import CaseRecord
from hub.domain.cases import commands as c
from hub.domain.cases import online_commands as o
from hub.domain.cases.almanac import almanac_of
from hub.domain.cases.guards import a_date
from hub.domain.cases.records import Defect, Pledge, Promise, Resolution
from hub.domain.cases.replies import CaseReply
from hub.domain.catalogue.item import IMMEDIATE
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, allow
from hub.web.access.roles import Permission
from hub.web.api import case_bodies as b
from hub.web.api.acts import act, answer, submit
from hub.web.api.body import plain, read_json
from hub.web.api.case_materials import signed_paper, supplies
from hub.web.api.documented import documented
from hub.web.api.tickets import moment
from hub.web.cases import Standing, read_case, standing
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1/cases/{case}", tags=["cases"])

B = TypeVar("B", bound=msgspec.Struct)

EARLIEST = "2000-01-01"
"""Nothing that another system still tells of happened before."""


@dataclass(frozen=True, slots=True)
class Doing:
    """Who acts on which case, where and when. ``record``: the case as it was when the request came."""

    here: Site
    caller: Caller
    who: Standing
    case: str
    day: str
    at: int
    record: CaseRecord

    @property
    def by(self) -> str:
        return self.who.name


@dataclass(frozen=True, slots=True)
class ActRule:
    """``title``: what the reference says of it. ``build`` may refuse what only the edge knows."""

    path: str
    body: type[msgspec.Struct]
    needs: Permission
    title: str
    build: Callable[[Doing, Any], Awaitable[c.CaseCommand]]


def _at(field: str, value: datetime | None) -> int | None:
    return None if value is None else moment(field, value)


def resolution(asked: b.ResolutionBody) -> Resolution:
    return Resolution(
        asked.granted,
        plain(asked.reasons),
        plain(asked.basis),
        plain(asked.despite),
        plain(asked.result),
        asked.valid_until,
    )


async def _receive(d: Doing, asked: b.ReceiveBody) -> c.CaseCommand:
    return c.ReceiveCase(d.case, d.day, d.at, d.by, _at("received_at", asked.received_at))


async def _applicant(d: Doing, asked: ApplicantBody) -> c.CaseCommand:
    who = applicant(d.here.hub, asked)
    return c.ChangeApplicant(
        d.case,
        d.at,
        d.by,
        who.kind,
        who.person,
        who.name,
        who.identity,
        who.phone,
        who.contact_name,
        who.contact_identity,
        who.contact_phone,
    )


async def _materials(d: Doing, asked: b.MaterialsBody) -> c.CaseCommand:
    case = d.record.case
    held = await supplies(d.here, d.caller, d.by, case.item, case.person, asked.materials)
    return c.SupplyMaterials(d.case, d.at, d.by, held)


async def _remove(d: Doing, asked: b.MaterialOnlyBody) -> c.CaseCommand:
    return c.RemoveMaterial(d.case, d.at, d.by, asked.material)


async def _excuse(d: Doing, asked: b.ExcuseBody) -> c.CaseCommand:
    return c.ExcuseMaterial(d.case, d.at, d.by, asked.material, plain(asked.why))


async def _original(d: Doing, asked: b.MaterialOnlyBody) -> c.CaseCommand:
    return c.CheckOriginal(d.case, d.at, d.by, asked.material)


async def _accept(d: Doing, asked: b.AcceptBody) -> c.CaseCommand:
    pledge = promise = None
    if asked.pledge is not None:
        paper = await signed_paper(d.here, d.caller, asked.pledge.sha256)
        pledge = Pledge(asked.pledge.materials, asked.pledge.due, paper)
    if asked.promise is not None:
        paper = await signed_paper(d.here, d.caller, asked.promise.sha256)
        promise = Promise(asked.promise.materials, asked.promise.check_days, paper)
    person = None if pledge is None else d.record.case.person
    decided = None if asked.decision is None else resolution(asked.decision)
    return c.AcceptCase(d.case, d.day, d.at, d.by, pledge, promise, person, decided)


async def _correction(d: Doing, asked: b.CorrectionBody) -> c.CaseCommand:
    defects = tuple(Defect(each.material, plain(each.what)) for each in asked.defects)
    return c.TellCorrection(d.case, d.day, d.at, d.by, defects, asked.days, d.who.department)


async def _supplement(d: Doing, asked: b.SupplementBody) -> c.CaseCommand:
    case = d.record.case
    held = await supplies(d.here, d.caller, d.by, case.item, case.person, asked.materials)
    return c.SupplementCase(d.case, d.day, d.at, d.by, held, _at("received_at", asked.received_at))


async def _refuse(d: Doing, asked: b.ReasonBody) -> c.CaseCommand:
    return c.RefuseAcceptance(d.case, d.at, d.by, plain(asked.reason), plain(asked.basis))


async def _start_special(d: Doing, asked: b.SpecialBody) -> c.CaseCommand:
    return c.StartSpecial(d.case, d.day, d.at, d.by, asked.step, plain(asked.notice), asked.days)


async def _end_special(d: Doing, asked: b.FindingBody) -> c.CaseCommand:
    return c.EndSpecial(d.case, d.day, d.at, d.by, plain(asked.finding))


async def _extend(d: Doing, asked: b.ExtendBody) -> c.CaseCommand:
    return c.ExtendLimit(
        d.case,
        d.day,
        d.at,
        d.by,
        plain(asked.approver),
        asked.approver_role,
        plain(asked.reason),
        plain(asked.notice),
        plain(asked.basis),
    )


async def _check_promise(d: Doing, asked: b.CheckBody) -> c.CaseCommand:
    return c.RecordCheck(d.case, d.at, d.by, asked.material, asked.passed, plain(asked.finding))


async def _decide(d: Doing, asked: b.ResolutionBody) -> c.CaseCommand:
    # at the window only what is decided there and then; the rest is for departments and who supervises them
    if d.record.case.item.kind != IMMEDIATE and not d.caller.may("case.decide"):
        raise Refused("not-allowed", permission="case.decide", role=d.caller.role)
    return c.DecideCase(d.case, d.day, d.at, d.by, resolution(asked), d.who.department, d.who.role)


async def _deliver(d: Doing, asked: b.DeliverBody) -> c.CaseCommand:
    to = plain(asked.to) if asked.to is not None else ""
    taker = Personal(d.record.case.person, to) if to else None
    return c.DeliverResult(d.case, d.at, d.by, asked.how, taker, asked.window)


async def _archive(d: Doing, asked: b.ArchiveBody) -> c.CaseCommand:
    return c.ArchiveCase(d.case, d.at, d.by, plain(asked.place))


async def _withdraw(d: Doing, asked: b.ReasonBody) -> c.CaseCommand:
    return c.WithdrawCase(d.case, d.at, d.by, plain(asked.reason))


async def _terminate(d: Doing, asked: b.ReasonBody) -> c.CaseCommand:
    return c.TerminateCase(d.case, d.at, d.by, plain(asked.reason), plain(asked.basis))


async def _revoke(d: Doing, asked: b.ReasonBody) -> c.CaseCommand:
    return c.RevokeCase(d.case, d.at, d.by, plain(asked.reason), plain(asked.basis))


def _happened(d: Doing, asked: b.MilestoneBody) -> int:
    """Of a day alone: when the hall opened on it, and now where that is still to come today."""
    if asked.happened_at is not None:
        return moment("happened_at", asked.happened_at)
    day = a_date("happened_on", asked.happened_on or "")
    if day > d.day or day < EARLIEST:
        raise Refused("bad-value", field="happened_on", problem=f"{EARLIEST} … {d.day}")
    return min(almanac_of(d.here.hub.hall(), d.day).opens(day), d.at)


async def _take(d: Doing, asked: b.TakeBody) -> c.CaseCommand:
    return o.TakeFiling(d.case, d.at, d.by, asked.window, d.who.role)


async def _leave(d: Doing, _asked: b.NothingBody) -> c.CaseCommand:
    return o.LeaveFiling(d.case, d.at, d.by, d.who.role)


async def _milestone(d: Doing, asked: b.MilestoneBody) -> c.CaseCommand:
    return c.ImportMilestone(
        d.case,
        d.at,
        d.by,
        asked.id,
        asked.kind,
        _happened(d, asked),
        plain(asked.said),
        asked.granted,
        plain(asked.result),
    )


ACTS: Mapping[str, ActRule] = {
    rule.path: rule
    for rule in (
        ActRule(
            "receive", b.ReceiveBody, "case.accept", "收件: a draft gets its number and its intake clock", _receive
        ),
        ActRule("applicant", ApplicantBody, "case.open", "Change the applicant, before acceptance", _applicant),
        ActRule("materials", b.MaterialsBody, "case.accept", "Supply materials", _materials),
        ActRule("materials/remove", b.MaterialOnlyBody, "case.accept", "Take a material out again", _remove),
        ActRule("materials/excuse", b.ExcuseBody, "case.accept", "不涉及: this applicant does not need it", _excuse),
        ActRule("materials/original-checked", b.MaterialOnlyBody, "case.accept", "The original was seen", _original),
        ActRule("accept", b.AcceptBody, "case.accept", "受理, with a pledge 容缺 or a promise 告知承诺", _accept),
        ActRule("correction", b.CorrectionBody, "case.accept", "补正告知, once and completely", _correction),
        ActRule("supplement", b.SupplementBody, "case.accept", "What was asked for is here", _supplement),
        ActRule("refuse", b.ReasonBody, "case.accept", "不予受理", _refuse),
        ActRule("special/start", b.SpecialBody, "case.limit", "A special procedure begins", _start_special),
        ActRule("special/end", b.FindingBody, "case.limit", "The special procedure has ended", _end_special),
        ActRule("extend", b.ExtendBody, "case.limit", "The one extension of the legal limit", _extend),
        ActRule("check", b.CheckBody, "case.decide", "承诺核查: what was promised proved true or not", _check_promise),
        ActRule("decide", b.ResolutionBody, "case.accept", "Grant or refuse what was applied for", _decide),
        ActRule("deliver", b.DeliverBody, "case.deliver", "The result was handed out", _deliver),
        ActRule("archive", b.ArchiveBody, "case.deliver", "The file is put away", _archive),
        ActRule("withdraw", b.ReasonBody, "case.accept", "The applicant takes it back", _withdraw),
        ActRule("terminate", b.ReasonBody, "case.end", "It is ended without a decision", _terminate),
        ActRule("revoke", b.ReasonBody, "case.end", "What was granted is revoked", _revoke),
        ActRule("filing/take", b.TakeBody, "case.accept", "领取网上件: nobody else takes this online filing", _take),
        ActRule("filing/leave", b.NothingBody, "case.accept", "放回网上件: anybody may take it again", _leave),
        ActRule("milestones", b.MilestoneBody, "case.open", "What another system says of its case", _milestone),
    )
}
"""By the rest of the path."""


def _route(rule: ActRule) -> Callable[[Request, str], Awaitable[Response]]:
    decoder = msgspec.json.Decoder(rule.body)

    async def carry_out(request: Request, case: str) -> Response:
        caller = await allow(request, rule.needs)
        asked = await read_json(request, decoder)
        done = act(request, caller.actor, asked, key_needed=True)
        here = site(request)
        record = await read_case(here, case)
        doing = Doing(here, caller, standing(caller), case, here.hub.today, here.hub.now(), record)
        return answer(await submit(request, await rule.build(doing, cast("Any", asked)), done))

    carry_out.__doc__ = rule.title + "."
    return carry_out


for _rule in ACTS.values():
    router.add_api_route(
        "/" + _rule.path,
        _route(_rule),
        methods=["POST"],
        name="case-" + _rule.path.replace("/", "-"),
        openapi_extra=documented(CaseReply, body=_rule.body, key=True),
    )
