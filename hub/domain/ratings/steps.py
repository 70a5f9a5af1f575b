"""差评整改 as a table: from a state, which acts may follow and where each leads. Everything else here reads it.

    to-verify ─▶ founded ───▶ fix | explain ─▶ to-call-back ─▶ to-close ─▶ closed
             └─▶ unfounded ─▶ explain ───────▶ to-call-back     ▲
                          └─▶ void ─────────────────────────────┘

A rating that proved founded cannot be voided: it is a fact about the hall. A citizen who is called back and still not
satisfied may be answered once more, or the case is closed with that on record. Nothing closes without a call back or a
void. Whether it is overdue is no state: it follows from the due moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNOPENED = "unopened"
TO_VERIFY = "to-verify"
FOUNDED, UNFOUNDED = "founded", "unfounded"
TO_CALL_BACK, UNSATISFIED = "to-call-back", "unsatisfied"
TO_CLOSE, CLOSED = "to-close", "closed"

FIXED, EXPLAINED, VOIDED = "fixed", "explained", "void"
"""What a rectification came to."""

OPEN = "open"
FOUND, NOT_FOUND = "found", "not-found"
FIX, EXPLAIN, VOID = "fix", "explain", "void"
SATISFIED, STILL_UNSATISFIED, UNREACHED, GIVEN_UP = "satisfied", "still-unsatisfied", "unreached", "given-up"
CLOSE = "close"

ANSWERS: Mapping[str, str] = {FIX: TO_CALL_BACK, EXPLAIN: TO_CALL_BACK}

TABLE: Mapping[str, Mapping[str, str]] = {
    UNOPENED: {OPEN: TO_VERIFY},
    TO_VERIFY: {FOUND: FOUNDED, NOT_FOUND: UNFOUNDED},
    FOUNDED: ANSWERS,
    UNFOUNDED: {EXPLAIN: TO_CALL_BACK, VOID: TO_CLOSE},
    TO_CALL_BACK: {
        SATISFIED: TO_CLOSE,
        STILL_UNSATISFIED: UNSATISFIED,
        UNREACHED: TO_CALL_BACK,
        GIVEN_UP: TO_CLOSE,
    },
    UNSATISFIED: {**ANSWERS, CLOSE: CLOSED},
    TO_CLOSE: {CLOSE: CLOSED},
    CLOSED: {},
}
"""From a state and an act to the next state; an act that is not there is refused."""


@dataclass(frozen=True, slots=True)
class Named:
    zh: str
    en: str


STATES: Mapping[str, Named] = {
    UNOPENED: Named("未立案", "not opened"),
    TO_VERIFY: Named("待核实", "to be verified"),
    FOUNDED: Named("属实，待整改", "founded: to be fixed or explained"),
    UNFOUNDED: Named("不属实，待说明", "not founded: to be explained or voided"),
    TO_CALL_BACK: Named("待回访", "to be called back"),
    UNSATISFIED: Named("回访仍不满意", "called back, still not satisfied"),
    TO_CLOSE: Named("待办结", "to be closed"),
    CLOSED: Named("已办结", "closed"),
}

ACTS: Mapping[str, Named] = {
    OPEN: Named("立案", "opened"),
    FOUND: Named("核实：属实", "verified: founded"),
    NOT_FOUND: Named("核实：不属实", "verified: not founded"),
    FIX: Named("记录整改", "fix recorded"),
    EXPLAIN: Named("记录说明", "explanation recorded"),
    VOID: Named("评价作废", "rating voided"),
    SATISFIED: Named("回访：满意", "called back: satisfied"),
    STILL_UNSATISFIED: Named("回访：仍不满意", "called back: still not satisfied"),
    UNREACHED: Named("回访：未接通", "called back: not reached"),
    GIVEN_UP: Named("回访：多次未接通", "called back: not reached, no more tries"),
    CLOSE: Named("办结", "closed"),
}


def called_back(reached: bool, satisfied: bool | None, tries_left: int) -> str:
    """The act that a call back amounts to; ``tries_left`` counts this call."""
    if reached:
        return SATISFIED if satisfied else STILL_UNSATISFIED
    return UNREACHED if tries_left > 1 else GIVEN_UP


def may(state: str, act: str) -> bool:
    return act in TABLE[state]


def after(state: str, act: str) -> str:
    """The next state; an act that the table does not know there leaves the state as it is."""
    return TABLE[state].get(act, state)
