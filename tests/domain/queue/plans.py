"""Plans for the queue's tests: a small hall of two floors, and the default hall of 58 windows."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.hall.plan import DayPlan, MissedPolicy, PriorityClass, QueuePlan, QueuePolicy, WindowPlan

DATE = "2026-01-05"
MINUTE = 60_000
HOUR = 60 * MINUTE
MIDNIGHT = 1_767_542_400_000
"""2026-01-05 00:00 in Shanghai."""
OPENS = MIDNIGHT + 9 * HOUR
CLOSES = MIDNIGHT + 17 * HOUR

POLICY = QueuePolicy(
    version=1,
    classes=(PriorityClass("elderly", "老年人", "Elderly", 15), PriorityClass("military", "军人", "Military", 10)),
    home_credit_minutes=5,
    missed=MissedPolicy(insert_after=2, times=2, within_minutes=60, recalls_without_phone=3),
)

RUSH = replace(
    POLICY,
    whole_credit_minutes=10,
    long_wait_minutes=30,
    rush_share=3,
    transfers=3,
    missed=replace(POLICY.missed, look_without_phone=False, after_minutes=5),
)
"""The same with every other part of a policy in use."""


def queue(letter: str, *floors: int, minutes: float = 10.0) -> QueuePlan:
    return QueuePlan(letter, f"类别{letter}", f"Category {letter}", minutes, floors)


def window(number: str, categories: str, home: str = "") -> WindowPlan:
    return WindowPlan(number, int(number[0]), f"floor-{number[0]}", home or categories[0], tuple(categories))


SMALL_QUEUES = (queue("A", 1), queue("B", 1, minutes=5.0), queue("E", 2), queue("P", 1, 2, minutes=3.0))
SMALL_WINDOWS = (
    window("101", "ABP"),
    window("102", "BAP"),
    window("103", "P"),
    window("201", "EP"),
    window("202", "E"),
)


def small_plan(
    *,
    windows: tuple[WindowPlan, ...] = SMALL_WINDOWS,
    queues: tuple[QueuePlan, ...] = SMALL_QUEUES,
    policy: QueuePolicy = POLICY,
    profile: int = 1,
) -> DayPlan:
    """Floor 1: A and B at 101 and 102, P also at 103; floor 2: E at 201 and 202, P at 201."""
    return DayPlan(
        date=DATE,
        timezone="Asia/Shanghai",
        profile=profile,
        calendar=1,
        working=True,
        issuing_from=OPENS - 30 * MINUTE,
        opens=OPENS,
        closes=CLOSES,
        ends=MIDNIGHT + 28 * HOUR,
        queues=queues,
        windows=windows,
        policy=policy,
    )


def always(plan: DayPlan) -> DayPlan:
    return replace(plan, issuing_from=None, opens=None, closes=None)


_DEFAULT_HOMES = {1: "AAAAABBBBCCCDDD", 2: "EEEEEFFFGGGHHHIIJJKK", 3: "LLLLMMMMMNNNNOOOO"}
_DEFAULT_SERVICES = {1: "PPQ", 2: "PQ", 3: "P"}


def default_plan() -> DayPlan:
    """58 windows; a comprehensive window serves its whole floor, the last ones of a floor one service queue each."""
    floors_of = {letter: (floor,) for floor, homes in _DEFAULT_HOMES.items() for letter in homes}
    floors_of |= {"P": (1, 2, 3), "Q": (1, 2)}
    windows: list[WindowPlan] = []
    for floor, homes in _DEFAULT_HOMES.items():
        whole = "".join(dict.fromkeys(homes))
        serving = [(whole, home) for home in homes] + [(home, home) for home in _DEFAULT_SERVICES[floor]]
        for index, (categories, home) in enumerate(serving, start=1):
            windows.append(window(f"{floor}{index:02d}", categories, home))
    queues = tuple(queue(letter, *floors, minutes=12.0) for letter, floors in sorted(floors_of.items()))
    return always(small_plan(windows=tuple(windows), queues=queues, policy=RUSH))
