"""Time at a small board: milliseconds that never go back, and the hub's clock once the hub has told it.

Everything is int milliseconds; RFC 3339 only on the wire. A board's own wall clock decides nothing.
"""

import time

_DAYS_TO_1970 = 719468


class Monotonic:
    """`ticks_ms` without its wrap (12 days on most ports). Someone has to look at least every few days."""

    def __init__(self):
        self._tick = time.ticks_ms()
        self._ms = 0

    def ms(self):
        tick = time.ticks_ms()
        self._ms += time.ticks_diff(tick, self._tick)
        self._tick = tick
        return self._ms


class HubClock:
    """The hub's time as last told, carried on by the monotonic clock."""

    def __init__(self, monotonic, wall_ms):
        self._monotonic = monotonic
        self._wall_ms = wall_ms
        self._offset = None

    @property
    def is_set(self):
        return self._offset is not None

    def tell(self, at):
        """The hub says that it is `at` (ms since 1970) now."""
        self._offset = at - self._monotonic.ms()

    def now(self):
        """The hub's time in ms; the board's own until the hub was heard."""
        return self._wall_ms() if self._offset is None else self._monotonic.ms() + self._offset


def written(ms):
    """RFC 3339 in UTC of ms since 1970."""
    days, rest = divmod(ms, 86400000)
    days += _DAYS_TO_1970  # counted from 1 March of year 0, so that a leap day ends its year
    era, day = divmod(days, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    month = month + 3 if month < 10 else month - 9
    year += 400 * era + (month <= 2)
    seconds, ms = divmod(rest, 1000)
    minutes, seconds = divmod(seconds, 60)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (
        year, month, day + 1, minutes // 60, minutes % 60, seconds, ms,
    )  # fmt: skip


def read(text):
    """ms since 1970 of an RFC 3339 time. Raises `ValueError`."""
    if len(text) < 20 or text[4] != "-" or text[7] != "-" or text[13] != ":" or text[16] != ":":
        raise ValueError("no time")
    year, month, day = int(text[0:4]), int(text[5:7]), int(text[8:10])
    at = 19
    ms = 0
    if text[at] == ".":
        end = at + 1
        while end < len(text) and text[end].isdigit():
            end += 1
        ms = int((text[at + 1 : end] + "000")[:3])
        at = end
    zone = text[at:]
    if zone in ("Z", "z"):
        shift = 0
    elif len(zone) == 6 and zone[0] in "+-" and zone[3] == ":":
        shift = (int(zone[1:3]) * 60 + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    else:
        raise ValueError("no time zone")
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _DAYS_TO_1970
    minutes = int(text[11:13]) * 60 + int(text[14:16]) - shift
    return (days * 1440 + minutes) * 60000 + int(text[17:19]) * 1000 + ms
