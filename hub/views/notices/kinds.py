"""The kinds of notices 文书: how each is called, numbered and sealed, and for which kinds the law gives remedies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.views.words import Words

RECEIPT, ACCEPTANCE, NOT_ACCEPTED = "receipt", "acceptance", "not-accepted"
TOLERANCE, PROMISE, CORRECTION = "tolerance", "promise", "correction"
SPECIAL, EXTENSION, DECISION = "special", "extension", "decision"
WITHDRAWAL, TERMINATION, REVOCATION, DELIVERY = "withdrawal", "termination", "revocation", "delivery"

INTAKE_SEAL = "收件专用章"
SPECIAL_SEAL = "行政审批专用章"
AGENCY_SEAL = "行政机关印章"


@dataclass(frozen=True, slots=True)
class Kind:
    """``sign`` begins its numbers. ``seal``: which one §32 or §38 asks for; empty where the applicant signs alone."""

    sign: str
    title: Words
    seal: str


KINDS: Mapping[str, Kind] = {
    RECEIPT: Kind("收", Words("收件凭证", "Receipt"), INTAKE_SEAL),
    ACCEPTANCE: Kind("受", Words("受理通知书", "Notice of acceptance"), SPECIAL_SEAL),
    NOT_ACCEPTED: Kind("不受", Words("不予受理决定书", "Decision not to accept"), SPECIAL_SEAL),
    TOLERANCE: Kind("容", Words("容缺承诺书", "Pledge to supply what is owed"), ""),
    PROMISE: Kind("诺", Words("告知承诺书", "Notify-and-promise statement"), ""),
    CORRECTION: Kind("补", Words("补正告知书", "Correction notice"), SPECIAL_SEAL),
    SPECIAL: Kind("特", Words("特别程序告知书", "Notice of a special procedure"), SPECIAL_SEAL),
    EXTENSION: Kind("延", Words("延期告知书", "Notice of extension"), SPECIAL_SEAL),
    DECISION: Kind("决", Words("办理决定书", "Decision"), AGENCY_SEAL),
    WITHDRAWAL: Kind("撤", Words("撤回申请确认书", "Confirmation of withdrawal"), SPECIAL_SEAL),
    TERMINATION: Kind("终", Words("终止办理决定书", "Decision to end the case"), AGENCY_SEAL),
    REVOCATION: Kind("销", Words("撤销决定书", "Decision to revoke"), AGENCY_SEAL),
    DELIVERY: Kind("达", Words("送达回证", "Delivery receipt"), ""),
}


def number_of(kind: str, n: int, year: str, case_number: str) -> str:
    """``受〔2026〕1101012026C000001号``; from the second of a kind in one case on ``补〔2026〕…-2号``.

    Unique for ever, as the case's number is; ``year`` is that of the notice.
    """
    again = f"-{n}" if n > 1 else ""
    return f"{KINDS[kind].sign}〔{year}〕{case_number}{again}号"
