"""Lines over floors and windows: which line a ticket joins, which lines a window calls from, laid out from a plan.

A line is one category on one floor (``"A/1"``) or one window's own (``"@112"``). A window calls from the line of each
of its categories on its own floor; where a category is not on its floor, from all lines of that category. A line that
no window lists (its category or floor vanished during the day) is everybody's on that floor, else everybody's: nobody
who holds a number is stranded.
"""

from __future__ import annotations

from hub.domain.hall.plan import DayPlan, WindowPlan
from hub.domain.queue.lines import Line
from hub.domain.queue.state import Pace, QueueDay, Window
from hub.domain.queue.wait import blended

MINUTE = 60_000


def category_line(letter: str, floor: int) -> str:
    return f"{letter}/{floor}"


def window_line(number: str) -> str:
    return f"@{number}"


def line_for(day: QueueDay, letter: str, floor: int) -> str:
    """The line a ticket of this category joins when asked for on ``floor``: there, else on floor 1, else its first.

    ``letter`` must be a category of today, also one that has vanished since (``KeyError`` otherwise).
    """
    floors = day.floors[letter]
    if floor in floors:
        return category_line(letter, floor)
    return category_line(letter, 1 if 1 in floors else floors[0])


def lay_out(day: QueueDay, plan: DayPlan) -> None:
    """Put ``plan`` in force: lines, windows, who calls from where, credits and the prior pace.

    Windows that the plan lacks go, except one with an active ticket, which is marked leaving. Windows keep their
    version, and a changed one gets the next.
    """
    day.plan = plan
    day.queues = {queue.letter: queue for queue in plan.queues}
    day.credits = {known.name: known.credit_minutes * MINUTE for known in plan.policy.classes}
    for queue in plan.queues:
        day.floors[queue.letter] = _floors(plan, queue.letter, queue.floors)
        for floor in day.floors[queue.letter]:
            day.lines.setdefault(category_line(queue.letter, floor), Line())
        _set_prior(day, queue.letter, queue.minutes)
    _place_windows(day, plan)
    _connect(day)


def _floors(plan: DayPlan, letter: str, declared: tuple[int, ...]) -> tuple[int, ...]:
    """The declared floors where a window lists the category; without any, the declared ones, else its windows'."""
    staffed = {window.floor for window in plan.windows if letter in window.categories}
    return tuple(floor for floor in declared if floor in staffed) or declared or tuple(sorted(staffed)) or (1,)


def _set_prior(day: QueueDay, letter: str, minutes: float) -> None:
    prior = minutes * MINUTE
    pace = day.pace.setdefault(letter, Pace(prior, prior))
    pace.prior_ms = prior
    pace.mean_ms = blended(pace)


def _place_windows(day: QueueDay, plan: DayPlan) -> None:
    planned = {window.number for window in plan.windows}
    for window in [window for number, window in day.windows.items() if number not in planned]:
        if window.active is None:
            remove_window(day, window)
        elif not window.leaving:
            window.leaving = True
            window.version += 1
    for new in plan.windows:
        window = day.windows.get(new.number)
        if window is None:
            window = Window(new.number, new.floor, new.zone, new.home, new.categories, version=day.spent_version)
            day.windows[new.number] = window
        elif window.leaving or _differs(window, new):
            window.floor, window.zone, window.home, window.categories = new.floor, new.zone, new.home, new.categories
            window.leaving = False
            window.version += 1
        day.lines.setdefault(window_line(new.number), Line())


def _differs(window: Window, new: WindowPlan) -> bool:
    return (window.floor, window.zone, window.home, window.categories) != (
        new.floor,
        new.zone,
        new.home,
        new.categories,
    )


def remove_window(day: QueueDay, window: Window) -> None:
    """Take a window without an active ticket and with an empty line of its own out of the day."""
    day.spent_version = max(day.spent_version, window.version)
    del day.windows[window.number]
    line = window_line(window.number)
    for known in (day.lines, day.servers, day.rivals):
        known.pop(line, None)


def _connect(day: QueueDay) -> None:
    """Work out every window's lines, and from them servers and rivals."""
    staying = [window for window in day.windows.values() if not window.leaving]
    listed: dict[str, list[str]] = {window.number: _listed(day, window) for window in staying}
    served = {line for lines in listed.values() for line in lines}
    for line in [line for line in day.lines if not line.startswith("@") and line not in served]:
        floor = int(line.rpartition("/")[2])
        here = [window for window in staying if window.floor == floor]
        for window in here or staying:
            listed[window.number].append(line)
    for window in day.windows.values():
        if window.leaving:
            window.lines, window.preferred = (), 0
            continue
        lines = listed[window.number]
        home = [line for line in lines if _letter(line) == window.home]
        rest = [line for line in lines if _letter(line) != window.home]
        window.lines = (window_line(window.number), *home, *rest)
        window.preferred = 1 + len(home)
    servers: dict[str, list[str]] = {line: [] for line in day.lines}
    for window in staying:
        for line in window.lines:
            servers[line].append(window.number)
    day.servers = {line: tuple(numbers) for line, numbers in servers.items()}
    day.rivals = {line: _rivals(day, numbers) for line, numbers in day.servers.items()}


def _listed(day: QueueDay, window: Window) -> list[str]:
    lines: list[str] = []
    for letter in window.categories:
        floors = day.floors.get(letter, ())
        for floor in (window.floor,) if window.floor in floors else floors:
            line = category_line(letter, floor)
            if line not in lines:
                lines.append(line)
    return lines


def _rivals(day: QueueDay, windows: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each line those windows call from, once, with the letter whose pace stands for it (a window's: its home)."""
    found: dict[str, str] = {}
    for number in windows:
        window = day.windows[number]
        for line in window.lines:
            found[line] = window.home if line.startswith("@") else _letter(line)
    return tuple((line, letter) for line, letter in found.items() if letter in day.pace)


def _letter(line: str) -> str:
    return line.rpartition("/")[0]
