"""Answers as JSON, and what went wrong as the protocol's problem documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hub.domain.refusals import SENTENCES, Refused, sentence
from hub.log.entry import LogBroken, NoRoom
from hub.receiver.admission import Busy, TooLarge
from hub.receiver.store import Forked, NotForSale, OtherBase, OtherBody, OtherEpoch, Unavailable, UnknownHall
from hub.receiver.trust import Untrusted
from hub.sync.envelope import BadEnvelope
from hub.sync.protocol import PROBLEM_TYPE, Problem

_TITLES: Final[Mapping[str, str]] = {
    "expected": "应从另一条记录开始 another base is due",
    "epoch": "现行纪元不同 another epoch stands",
    "forked": "历史分叉，须人工查看 the histories differ, a person has to look",
    "inbox-behind": "收件箱较短 the inbox ends before that",
    "unreadable": "无法读取 cannot be read",
    "too-large": "超过所给的额度 more than was granted",
    "unsigned": "没有可信的签名 no signature that holds",
    "replayed": "重复的签名 a signature that came before",
    "not-yours": "不是这个大厅的 another hall's",
    "busy": "暂时繁忙 busy just now",
    "no-room": "磁盘已满 no room on the disk",
    "unknown-hall": "没有这个大厅 no such hall",
    "other-body": "同一编号、不同内容 the id was used with another body",
    "unknown-unit": "没有这个号源 no such unit is leased",
    "sold": "号源已售 the unit is sold",
    "lease-expired": "号源已过期 the lease has expired",
    "bad-token": "令牌无效 no good token",
    "unknown-message": "没有这条消息 no such message",
    "unknown-case": "没有这个办件 no such case",
}
_STATUS: Final[Mapping[str, int]] = {
    "unreadable": 400,
    "unsigned": 401,
    "replayed": 401,
    "bad-token": 401,
    "not-yours": 403,
    "unknown-hall": 404,
    "unknown-message": 404,
    "unknown-case": 404,
    "unknown-file": 404,
    "unknown-upload": 404,
    "upload-expired": 410,
    "no-length": 411,
    "other-tus": 412,
    "file-too-large": 413,
    "too-large": 413,
    "not-a-chunk": 415,
    "upload-busy": 423,
    "too-many-uploads": 429,
    "bad-checksum": 460,
    "busy": 503,
    "no-room": 507,
    "wrong-hash": 422,
    "file-damaged-here": 500,
}
_CONFLICTS: Final = frozenset(
    (
        "expected",
        "epoch",
        "forked",
        "inbox-behind",
        "other-body",
        "unknown-unit",
        "sold",
        "lease-expired",
        "upload-offset",
    )
)


def shown(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def problem(told: Problem, headers: Mapping[str, str] | None = None) -> Response:
    status = 409 if told.code in _CONFLICTS else _STATUS.get(told.code, 422)
    told = msgspec.structs.replace(told, title=told.title or _TITLES.get(told.code, told.code))
    return Response(msgspec.json.encode(told), status, headers, PROBLEM_TYPE)


def explained(error: Exception) -> Response | None:
    """The answer to what a route raised; None for a mistake in the program."""
    match error:
        case Forked():
            return problem(Problem("forked", committed=error.committed, hash=error.hash.hex()))
        case OtherBase():
            return problem(Problem("expected", committed=error.committed, hash=error.hash.hex()))
        case OtherEpoch():
            return problem(Problem("epoch", epoch=error.epoch))
        case UnknownHall():
            return problem(Problem("unknown-hall"))
        case OtherBody():
            return problem(Problem("other-body", detail=f"n={error.n}"))
        case NotForSale():
            return problem(Problem(error.why))
        case BadEnvelope():
            return problem(Problem("unreadable", detail=str(error)[:300], committed=error.position))
        case ClientDisconnect():
            return problem(Problem("unreadable", detail="broken off"), {"Connection": "close"})
        case Untrusted():
            return problem(Problem(error.code))
        case TooLarge():
            # the rest of the body is not wanted, so the connection cannot go on
            return problem(Problem("too-large", detail=f"granted={error.granted}"), {"Connection": "close"})
        case Busy():
            return problem(Problem("busy"), {"Retry-After": str(error.seconds), "Connection": "close"})
        case Unavailable():
            return problem(Problem("busy", detail="database"), {"Retry-After": "5"})
        case NoRoom():
            return problem(Problem("no-room"), {"Retry-After": "60"})
        case Refused():
            if error.code == "no-room":
                return problem(Problem("no-room"), {"Retry-After": "60"})
            said = sentence(error.code, error.facts) if error.code in SENTENCES else None
            headers = {"Retry-After": "2"} if error.code == "upload-busy" else None
            return problem(Problem(error.code, f"{said.zh} {said.en}" if said is not None else ""), headers)
        case LogBroken():
            return problem(Problem("no-room", detail="storage"), {"Retry-After": "60"})
        case _:
            return None


async def answered(request: Request, error: Exception) -> Response:
    """An exception handler."""
    del request
    found = explained(error)
    if found is None:
        raise error
    return found


HANDLED: Final[tuple[type[Exception], ...]] = (
    OtherBase,
    OtherEpoch,
    UnknownHall,
    OtherBody,
    NotForSale,
    BadEnvelope,
    Untrusted,
    TooLarge,
    Busy,
    Unavailable,
    NoRoom,
    Refused,
    LogBroken,
    ClientDisconnect,
)
