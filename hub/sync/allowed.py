"""What leaves the hall, by event type; what is not named here stays.

Never: names in clear, phones, identity numbers, which ticket a person or a case had, files and their digests, opinions,
staff notes, secrets of devices, and whatever somebody in the hall wrote in their own words: reasons, grounds, findings,
what is wrong with a paper. A name slips into such words, and the citizen is told them by the hall. Numbers, items,
states, days and clocks may, and the answer of record to a consultation, which is written to be published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.sync.egress import Allowance


def _of(fields: str, *, masked: str = "") -> Allowance:
    return Allowance(tuple(fields.split()), tuple(masked.split()))


_CASE: Final = "case at"

ALLOWED: Final[Mapping[str, Allowance]] = {
    # the queue: every field that tells nothing of a person
    "ticket-issued": _of("ticket number category line at priority ahead wait also slot late"),
    "hand-ticket-entered": _of("ticket number category line taken_at at window called_at finished_at"),
    "ticket-called": _of("ticket window at rule"),
    "ticket-recalled": _of("ticket window at"),
    "service-started": _of("ticket window at"),
    "service-finished": _of("ticket window at"),
    "leg-finished": _of("ticket window done line category at"),
    "ticket-missed": _of("ticket window at"),
    "ticket-reinstated": _of("ticket line at ahead wait"),
    "ticket-transferred": _of("ticket window line category at wrong"),
    "ticket-returned": _of("ticket line at"),
    "ticket-parked": _of("ticket window at"),
    "ticket-abandoned": _of("ticket at"),
    "ticket-voided": _of("ticket at"),
    "ticket-expired": _of("ticket at"),
    "window-opened": _of("window at"),
    "window-paused": _of("window at"),
    "window-closed": _of("window at"),
    "window-reskilled": _of("window categories until at"),
    "skills-restored": _of("window at"),
    "hall-frozen": _of("at"),
    "hall-released": _of("at"),
    "day-closed": _of("at"),
    "visit-rated": _of("ticket window score at"),
    # the hall
    "calendar-published": _of("calendar at"),
    "catalogue-published": _of("version valid_from valid_to source items removed overlays bare at"),
    "clock-stepped": _of("at by_ms"),
    "clock-confirmed": _of("at"),
    # low ratings and their rectification: numbers, never words
    "rectification-opened": _of("ticket number day window score rated_at within due due_at calendar provisional at"),
    "due-recounted": _of("ticket due due_at calendar provisional at"),
    "rating-verified": _of("ticket founded at"),
    "rating-voided": _of("ticket at"),
    "citizen-called-back": _of("ticket reached satisfied at"),
    "rectification-closed": _of("ticket outcome at"),
    # cases: state, numbers and clocks; who applies only as a keyed hash and a masked name
    "case-opened": _of("case item.code catalogue category channel applicant person at", masked="name"),
    "external-case-registered": _of(
        "case number item.code catalogue category system external person day at", masked="name"
    ),
    "milestone-imported": _of("case kind happened_at granted result at"),
    "applicant-changed": _of("case applicant person at", masked="name"),
    "case-received": _of("case number received_at day clocks at"),
    "materials-supplied": _of("case materials.material materials.grade at"),
    "material-removed": _of("case material at"),
    "material-excused": _of("case material at"),
    "original-checked": _of("case material at"),
    "case-accepted": _of("case day clocks at"),
    "case-deemed-accepted": _of("case day clocks at"),
    "intake-expired": _of("case due at"),
    "acceptance-refused": _of(_CASE),
    "correction-told": _of("case defects.material defects.step in_review day clocks at"),
    "case-supplemented": _of("case received_at day clocks at"),
    "case-resubmitted": _of("case steps clocks at"),
    "tolerance-granted": _of("case pledge.materials pledge.due chase clocks at"),
    "owed-chased": _of("case n owed due at"),
    "owed-settled": _of("case materials at"),
    "tolerance-expired": _of("case owed outcome at"),
    "promise-taken": _of("case promise.materials promise.check_days clocks at"),
    "promise-checked": _of("case material passed at"),
    "special-started": _of("case step excluded stopped day at"),
    "special-ended": _of("case step day dues at"),
    "limit-extended": _of("case days dues at"),
    "deadlines-recomputed": _of("case dues at"),
    "case-decided": _of("case granted result valid_until day clocks at"),
    "result-delivered": _of("case how at"),
    "case-archived": _of(_CASE),
    "case-withdrawn": _of(_CASE),
    "case-terminated": _of(_CASE),
    "case-revoked": _of(_CASE),
    "deadline-missed": _of("case clock due at"),
    "steps-opened": _of("case steps superseded clocks at"),
    "step-claimed": _of("case step at"),
    "step-timed-out": _of("case step action at"),
    "number-taken": _of("case number at"),
    # appointments: places and the codes of leased ones; of a booking in the hall no code that still opens anything
    "slots-planned": _of("plan at"),
    "slots-leased": _of("lease slot codes expires at"),
    "lease-extended": _of("lease expires at"),
    "lease-returned": _of("lease codes at"),
    "unit-sold": _of("code lease slot category also items sold_at at"),
    "slot-booked": _of("slot category also channel at"),
    "booking-cancelled": _of("code slot fresh at"),
    "booking-moved-away": _of("code slot to_day to_slot fresh at"),
    "booking-arrived": _of("slot lease from_day from_code category also channel at"),
    "booking-checked-in": _of("code slot category unseen at"),
    "no-show-recorded": _of("code slot at"),
    # online filings: at which window, never by whom; an objection's time limit, never its words
    "filing-taken": _of("case window at"),
    "filing-left": _of(_CASE),
    "decision-objected": _of("case made_at told until late at"),
    # consultations: what was asked stays, what is answered for the record goes
    "consultation-asked": _of(
        "consultation channel item department asked_at within due due_at calendar provisional at"
    ),
    "question-added": _of("consultation asked_at due due_at calendar provisional at"),
    "answer-given": _of("consultation n department at"),
    "answer-marked": _of("consultation n text at"),
    "consultation-handed-over": _of("consultation department at"),
    "consultation-closed": _of("consultation outcome at"),
    "consultation-overdue": _of("consultation due at"),
    # answers to the online hall
    "message-answered": _of("n id kind ok code facts hash repeated at zh en"),
    "inbox-rewound": _of("to hash was at"),
}
