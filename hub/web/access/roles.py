"""The one table of who may do what: a permission per act, the roles that hold it, and who may follow which channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeGuard, get_args

Role = Literal["clerk", "attendant", "reviewer", "supervisor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)

Permission = Literal[
    "account.manage",
    "appointment.book",
    "appointment.see",
    "attend.see",
    "case.accept",
    "case.decide",
    "case.deliver",
    "case.end",
    "case.limit",
    "case.number",
    "case.open",
    "case.person",
    "case.review",
    "case.see",
    "catalogue.publish",
    "catalogue.see",
    "clock.confirm",
    "consultation.answer",
    "consultation.enter",
    "consultation.see",
    "day.close",
    "day.freeze",
    "day.see",
    "deadline.see",
    "device.see",
    "hall.see",
    "material.see",
    "material.upload",
    "overview.see",
    "policy.publish",
    "profile.see",
    "queue.see",
    "rating.rectify",
    "rating.see",
    "report.see",
    "ticket.abandon",
    "ticket.attend",
    "ticket.enter",
    "ticket.issue",
    "ticket.reinstate",
    "ticket.reprint",
    "ticket.void",
    "token.manage",
    "window.act",
    "window.arrange",
]

_CLERK: frozenset[Permission] = frozenset(
    {
        "appointment.book",
        "appointment.see",
        "case.accept",
        "case.deliver",
        "case.open",
        "case.see",
        "catalogue.see",
        "consultation.answer",
        "consultation.enter",
        "consultation.see",
        "day.see",
        "hall.see",
        "material.upload",
        "overview.see",
        "queue.see",
        "ticket.abandon",
        "ticket.issue",
        "ticket.reinstate",
        "ticket.reprint",
        "window.act",
    }
)
_ATTENDANT: frozenset[Permission] = frozenset(
    {
        "appointment.book",
        "appointment.see",
        "attend.see",
        "catalogue.see",
        "day.see",
        "hall.see",
        "overview.see",
        "queue.see",
        "ticket.abandon",
        "ticket.attend",
        "ticket.enter",
        "ticket.issue",
        "ticket.reinstate",
        "ticket.reprint",
    }
)
_REVIEWER: frozenset[Permission] = frozenset(
    {"case.review", "case.see", "catalogue.see", "consultation.answer", "consultation.see"}
)
_SUPERVISOR_TOO: frozenset[Permission] = _ATTENDANT | frozenset[Permission](
    {
        "case.decide",
        "case.end",
        "case.limit",
        "case.person",
        "case.review",
        "day.close",
        "day.freeze",
        "deadline.see",
        "device.see",
        "material.see",
        "policy.publish",
        "profile.see",
        "rating.rectify",
        "rating.see",
        "report.see",
        "ticket.void",
        "window.arrange",
    }
)
_ADMINISTRATOR_TOO: frozenset[Permission] = frozenset(
    {"account.manage", "case.number", "catalogue.publish", "clock.confirm", "token.manage"}
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "clerk": _CLERK,
    "attendant": _ATTENDANT,
    "reviewer": _REVIEWER,
    "supervisor": _CLERK | _SUPERVISOR_TOO,
    "administrator": _CLERK | _SUPERVISOR_TOO | _ADMINISTRATOR_TOO,
}

LANDING: Mapping[Role, str] = {"attendant": "/attend", "reviewer": "/inbox"}
"""Where signing in leads whoever asked for no page; the others begin at the start page."""

CHANNELS: tuple[tuple[str, Permission | None], ...] = (
    ("board/", None),
    ("kiosk/", None),
    ("ticket/", None),
    ("window/", "window.act"),
    ("overview", "overview.see"),
    ("attend", "attend.see"),
    ("devices", "device.see"),
    ("outage", "device.see"),
    ("review", "case.review"),
    ("appointments/", "appointment.see"),
    ("case/", "case.see"),
)
"""Live channels by prefix; None is public. A channel under no prefix is nobody's."""


def is_role(text: str) -> TypeGuard[Role]:
    return text in ROLES


def may(role: Role, permission: Permission) -> bool:
    return permission in PERMISSIONS[role]


def may_follow(role: Role | None, channel: str) -> bool:
    """Whether a caller of ``role`` (None: nobody signed in) may follow a live channel."""
    for prefix, permission in CHANNELS:
        if channel.startswith(prefix):
            return permission is None or (role is not None and may(role, permission))
    return False
