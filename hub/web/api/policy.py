"""``/api/v1/policy``: the order policy in force, and publishing another; trying one is the page's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.check_policy import check_policy
from hub.domain.hall.commands import PublishProfile
from hub.domain.hall.planning import policy_of
from hub.domain.hall.profile import Policy
from hub.domain.hall.replies import Published
from hub.domain.hall.state import ProfileVersion
from hub.domain.refusals import Refused
from hub.views.trial.promises import promises
from hub.views.words import Words
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import read_json
from hub.web.api.documented import documented
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1", tags=["hall"])

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PolicyShape:
    """``version`` of the profile that carries it, ``promises`` in words."""

    version: int
    from_day: str
    policy: Policy
    promises: tuple[Words, ...]


class PolicyBody(msgspec.Struct, frozen=True):
    """``seen``: the version that the policy was made from."""

    policy: Policy
    seen: int
    effective: Literal["now", "next-day"] = "next-day"


_body = msgspec.json.Decoder(PolicyBody)


@router.get("/policy", openapi_extra=documented(list[PolicyShape]))
async def see_policies(request: Request, _caller: Annotated[Caller, Depends(permission("profile.see"))]) -> Response:
    """The policy in force, and the one that takes over later if there is one."""
    return shown(
        [
            PolicyShape(
                each.version,
                each.from_day,
                each.profile.policy,
                promises(policy_of(each.profile.policy, each.version)),
            )
            for each in site(request).hub.hall().profiles
        ]
    )


@router.post("/policy", openapi_extra=documented(Published, body=PolicyBody, key=True))
async def publish_policy(
    request: Request, caller: Annotated[Caller, Depends(permission("policy.publish"))]
) -> Response:
    """The newest profile with this policy, in force now or from the next business day."""
    asked = await read_json(request, _body)
    doing = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    latest = latest_of(here)
    check(asked.policy)
    if asked.seen != latest.version and asked.policy != latest.profile.policy:
        raise Refused("policy-changed", version=latest.version)
    profile = replace(latest.profile, policy=asked.policy)
    return answer(await submit(request, PublishProfile(profile, asked.effective, here.hub.now()), doing))


def latest_of(here: Site) -> ProfileVersion:
    """The newest profile published, in force or not yet."""
    latest = here.hub.hall().latest
    assert latest is not None, "a started hub has a profile"
    return latest


def check(policy: Policy) -> None:
    """Raises ``Refused("policy-invalid")`` with the first problems, and in ``fields`` every field they are about."""
    problems = list(check_policy(policy, ""))
    if not problems:
        return
    told_zh = "；".join(f"{each.path}：{each.zh}" for each in problems[:_SHOWN])
    told_en = "; ".join(f"{each.path}: {each.en}" for each in problems[:_SHOWN])
    fields = ",".join(dict.fromkeys(path for each in problems for path in (each.path, *each.against)))
    raise Refused("policy-invalid", zh=told_zh, en=told_en, fields=fields)
