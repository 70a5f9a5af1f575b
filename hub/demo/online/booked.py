"""The day's appointments from online: what the buyers know held against the entries of stream ``slots/<day>``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.demo.online.bookings import Booking
from hub.domain.slots import events as e


@dataclass(frozen=True, slots=True)
class Booked:
    """As the hub's log has it. ``unheard``: of those who came, before the hub had heard of the sale. ``wrong``: what
    does not agree, in words. ``buyers``: how many there were, and how many of them the online hall sold a place to.
    """

    buyers: int
    bought: int
    sold: int
    moved: int
    cancelled: int
    came: int
    unheard: int
    missed: int
    wrong: tuple[str, ...] = ()


def booked(
    events: Iterable[object],
    bookings: Mapping[str, Booking],
    buyers: int,
    free: Collection[str],
    expected: Collection[str],
    *,
    compared: bool,
) -> Booked:
    """``events`` of the day's appointments, in order. ``free``: codes that the online hall has for sale.

    ``expected``: codes that nobody came for, whose time is over. ``compared``: both sides have heard everything.
    """
    sold: list[str] = []
    arrived: list[str] = []
    moved: set[tuple[str, str]] = set()
    cancelled: set[str] = set()
    missed: set[str] = set()
    came: dict[str, list[str]] = {}
    online: set[str] = set()
    unheard = 0
    for event in events:
        match event:
            case e.SlotsLeased():
                online.update(event.codes)
            case e.UnitSold():
                sold.append(event.code)
            case e.BookingArrived() if event.lease is not None:
                arrived.append(event.code)
            case e.BookingMovedAway():
                moved.add((event.code, event.to_code))
                missed.discard(event.code)
                online.update([event.fresh] if event.fresh is not None else ())
            case e.BookingCancelled():
                cancelled.add(event.code)
                missed.discard(event.code)
                online.update([event.fresh] if event.fresh is not None else ())
            case e.BookingCheckedIn() if event.code in online:
                came.setdefault(event.code, []).append(event.ticket)
                unheard += event.unseen
            case e.NoShowRecorded() if event.code in online:
                missed.add(event.code)
            case _:
                pass
    theirs = tuple(bookings.values())
    bought = {each.place.unit for each in theirs if each.sold}
    places = [each.place.unit for each in theirs if each.sold]
    places += [each.moved.unit for each in theirs if each.moved is not None and each.left]
    checked = {each.code for each in theirs if each.number}
    wrong = [f"名额卖了两次 sold twice: {code}" for code in _twice(places) | _twice([*sold, *arrived])]
    wrong += [f"卖出的名额还在卖 sold and for sale: {code}" for code in sorted(set(places) & set(free))]
    wrong += [f"一码两号 two tickets of one code: {code}" for code, tickets in came.items() if len(tickets) > 1]
    wrong += _unlike("签到 checked in", checked, came.keys())
    if compared:
        left = {f"{each.place.unit}>{each.moved.unit}" for each in theirs if each.moved is not None and each.left}
        wrong += _unlike("卖出 sold", bought, sold)
        wrong += _unlike("改约 moved", left, [f"{code}>{to}" for code, to in moved if code in online])
        given_up = {each.place.unit for each in theirs if each.cancelled}
        wrong += _unlike("取消 cancelled", given_up, cancelled & online)
        wrong += [f"没有记爽约 no no-show noted: {code}" for code in sorted(set(expected) - missed)]
    return Booked(
        buyers,
        len(bought),
        len(sold),
        sum(code in online for code, _ in moved),
        len(cancelled & online),
        len(came),
        unheard,
        len(missed),
        tuple(wrong),
    )


def as_line(found: Booked) -> str:
    """For a terminal."""
    return (
        f"网上预约 appointments from online: {found.buyers} 人想约 asked · 卖出 sold {found.sold}"
        f" · 改约 moved {found.moved} · 取消 cancelled {found.cancelled} · 签到 checked in {found.came}"
        f"（其中售出尚未得知 before the sale was heard {found.unheard}） · 爽约 no-shows {found.missed}"
    )


def _twice(codes: Sequence[str]) -> set[str]:
    return {code for code, count in Counter(codes).items() if count > 1}


def _unlike(what: str, theirs: Collection[str], ours: Collection[str]) -> list[str]:
    odd = sorted(set(theirs) ^ set(ours))
    return [f"预约{what}: 网上 online {len(theirs)} ≠ 大厅 hall {len(ours)}: {', '.join(odd[:5])}"] if odd else []
