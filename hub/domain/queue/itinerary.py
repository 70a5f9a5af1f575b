"""One visit with items of several categories: one window for all of them where there is one, else windows in turn.

The number, the place in time and the wait go along. What is left is planned anew whenever a window has done its part,
so a window that closes in the middle changes the way and loses nobody.
"""

from __future__ import annotations

from hub.domain.queue.layout import category_line, line_for
from hub.domain.queue.state import QueueDay


def line_of_visit(day: QueueDay, todo: tuple[str, ...], floor: int) -> tuple[str, str]:
    """The line that a visit with ``todo`` joins when it stands on ``floor``, and the category it begins with.

    By the plan, not by who is signed in: the windows that do most of ``todo``; at a tie on this floor, then those that
    do its first category. All letters of ``todo`` are categories of today (``KeyError`` otherwise).
    """
    if len(todo) == 1:
        return line_for(day, todo[0], floor), todo[0]
    cover, at = _best(day, todo, floor)
    if len(cover) > 1:
        return f"{'+'.join(sorted(cover))}/{at}", cover[0]
    here = next((letter for letter in todo if floor in day.floors[letter]), todo[0])
    return line_for(day, here, floor), here


def legs_of_visit(day: QueueDay, todo: tuple[str, ...], floor: int) -> list[str]:
    """The lines the visit would go through as things stand: one when a single window can do all."""
    lines: list[str] = []
    while todo:
        line, _ = line_of_visit(day, todo, floor)
        lines.append(line)
        done = day.lines[line].letters if line in day.lines else tuple(line.rpartition("/")[0].split("+"))
        floor = int(line.rpartition("/")[2])
        todo = tuple(letter for letter in todo if letter not in done)
    return lines


def _best(day: QueueDay, todo: tuple[str, ...], floor: int) -> tuple[tuple[str, ...], int]:
    best: tuple[str, ...] = ()
    best_at, best_rank = floor, (0, False, 0)
    for window in day.windows.values():
        if window.leaving:
            continue
        cover = tuple(
            letter for letter in todo if letter in window.planned and category_line(letter, window.floor) in day.lines
        )
        if not cover:
            continue
        rank = (len(cover), window.floor == floor, -todo.index(cover[0]))
        if rank > best_rank:
            best, best_at, best_rank = cover, window.floor, rank
    return best, best_at


def left_after(todo: tuple[str, ...], done: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(letter for letter in todo if letter not in done)
