"""Lines over floors and windows: which line a ticket joins, which lines a window calls from, laid out from a plan.

A line is one category on one floor (``"A/1"``), several (``"A+B/1"``, a visit with items in each, see
``hub.domain.queue.itinerary``) or one window's own (``"@112"``). A window calls from the line of each of its categories
on its own floor; where a category is not on its floor, from all lines of that category; and from the lines of several
of which it does any. What it serves is what the window does and the clerk there may do. A line that no window lists by
its plan (its category or floor vanished during the day) is everybody's on that floor, else everybody's: nobody who
holds a number is stranded by a plan. A line whose windows lack a clerk who may serve it waits, and pages say so.
"""

from __future__ import annotations

from hub.domain.hall.plan import DayPlan, WindowPlan
from hub.domain.queue.lines import APPOINTMENT, Line
from hub.domain.queue.state import NEVER, Pace, Pool, QueueDay, Window
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


def able(day: QueueDay, window: Window) -> tuple[str, ...]:
    """The categories this window may serve now: what it does, by whoever is signed in there."""
    limited = None if window.clerk is None else day.skills.get(window.clerk)
    if limited is None:
        return window.categories
    return tuple(letter for letter in window.categories if letter in limited)


def lay_out(day: QueueDay, plan: DayPlan) -> None:
    """Put ``plan`` in force: lines, windows, who calls from where, credits and the prior pace.

    Windows that the plan lacks go, except one with an active ticket, which is marked leaving. Windows keep their
    version and a re-skilling that lasts, and a changed one gets the next version.
    """
    policy = plan.policy
    day.plan = plan
    day.queues = {queue.letter: queue for queue in plan.queues}
    day.credits = {known.name: known.credit_minutes * MINUTE for known in policy.classes}
    day.credits[APPOINTMENT] = policy.appointment.credit_minutes * MINUTE
    day.long_ms = NEVER if policy.long_wait_minutes is None else policy.long_wait_minutes * MINUTE
    day.skills = {clerk.name: clerk.categories for clerk in plan.clerks}
    for queue in plan.queues:
        day.floors[queue.letter] = _floors(plan, queue.letter, queue.floors)
        for floor in day.floors[queue.letter]:
            day.lines.setdefault(category_line(queue.letter, floor), Line((queue.letter,), floor))
        _set_prior(day, queue.letter, queue.minutes)
    _place_windows(day, plan)
    connect(day)


def ensure_line(day: QueueDay, name: str) -> Line:
    """The line of that name; one of several categories is made when its first ticket comes."""
    line = day.lines.get(name)
    if line is None:
        letters, _, floor = name.rpartition("/")
        line = day.lines[name] = Line(tuple(letters.split("+")), int(floor))
        connect(day)
    return line


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
            window = Window(
                new.number,
                new.floor,
                new.zone,
                new.home,
                new.categories,
                planned=new.categories,
                version=day.spent_version,
            )
            day.windows[new.number] = window
        elif window.leaving or _differs(window, new):
            window.floor, window.zone, window.home = new.floor, new.zone, new.home
            if window.categories == window.planned:
                window.categories = new.categories
            window.planned = new.categories
            window.leaving = False
            window.version += 1
        day.lines.setdefault(window_line(new.number), Line((), new.floor, new.number))


def _differs(window: Window, new: WindowPlan) -> bool:
    return (window.floor, window.zone, window.home, window.planned) != (new.floor, new.zone, new.home, new.categories)


def remove_window(day: QueueDay, window: Window) -> None:
    """Take a window without an active ticket and with an empty line of its own out of the day."""
    day.spent_version = max(day.spent_version, window.version)
    del day.windows[window.number]
    line = window_line(window.number)
    for known in (day.lines, day.servers, day.rivals, day.pools):
        known.pop(line, None)


def connect(day: QueueDay) -> None:
    """Work out every window's lines and bonuses, and from them servers, rivals and pools."""
    staying = [window for window in day.windows.values() if not window.leaving]
    listed = {window.number: _listed(day, window, able(day, window)) for window in staying}
    planned = {line for window in staying for line in _listed(day, window, window.planned)}
    planned |= {line for lines in listed.values() for line in lines}
    for name, line in day.lines.items():
        if line.window is not None or name in planned:
            continue
        here = [window for window in staying if window.floor == line.floor]
        for window in here or staying:
            listed[window.number].append(name)
    for window in day.windows.values():
        if window.leaving:
            window.lines = window.bonuses = ()
            continue
        lines = [window_line(window.number), *listed[window.number]]
        bonuses = [_bonus(day, window, day.lines[name]) for name in lines]
        order = sorted(range(len(lines)), key=lambda index: -bonuses[index])
        window.lines = tuple(lines[index] for index in order)
        window.bonuses = tuple(bonuses[index] for index in order)
    servers: dict[str, list[str]] = {line: [] for line in day.lines}
    for window in staying:
        for line in window.lines:
            servers[line].append(window.number)
    day.servers = {line: tuple(numbers) for line, numbers in servers.items()}
    day.rivals = {line: _rivals(day, numbers) for line, numbers in day.servers.items()}
    day.pools = _pools(day, staying)


def _listed(day: QueueDay, window: Window, categories: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for letter in categories:
        floors = day.floors.get(letter, ())
        for floor in (window.floor,) if window.floor in floors else floors:
            line = category_line(letter, floor)
            if line not in lines:
                lines.append(line)
    for name, line in day.lines.items():
        if len(line.letters) > 1 and any(category_line(letter, line.floor) in lines for letter in line.letters):
            lines.append(name)
    return lines


def _bonus(day: QueueDay, window: Window, line: Line) -> int:
    if day.plan is None:
        return 0
    policy = day.plan.policy
    home = policy.home_credit_minutes if line.window is not None or window.home in line.letters else 0
    whole = 0
    if len(line.letters) > 1 and set(line.letters) <= set(able(day, window)):
        whole = policy.whole_credit_minutes
    return max(home, whole) * MINUTE


def _rivals(day: QueueDay, windows: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each line those windows call from, once, with the letter whose pace stands for it (a window's: its home)."""
    found: dict[str, str] = {}
    for number in windows:
        window = day.windows[number]
        for name in window.lines:
            line = day.lines[name]
            found[name] = window.home if line.window is not None else line.letters[0]
    return tuple((line, letter) for line, letter in found.items() if letter in day.pace)


def _pools(day: QueueDay, staying: list[Window]) -> dict[str, Pool]:
    """Windows joined by the lines they share; a line that nobody serves now has no pool."""
    pools: dict[str, Pool] = {}
    unseen = {window.number: window for window in staying}
    while unseen:
        first = next(iter(unseen))
        reached, frontier, lines = {first}, [first], dict[str, None]()
        while frontier:
            for line in unseen.pop(frontier.pop()).lines:
                if line in lines:
                    continue
                lines[line] = None
                for number in day.servers[line]:
                    if number not in reached:
                        reached.add(number)
                        frontier.append(number)
        pool = Pool(tuple(sorted(reached)), tuple(lines))
        pools.update(dict.fromkeys(pool.lines, pool))
    return pools
