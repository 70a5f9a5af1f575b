"""The table of kinds: one line a kind, one file a kind, loaded when first asked for.

A kind's module exports `KIND`, a `Kind`. Its device class takes the session, its options and a
`Show`, registers its handlers on the session in `__init__`, and lives in `run`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from devices.wire.messages import Description, Place
from devices.wire.session import DeviceSession

FIRMWARE: Final = "hallhub-0.1.0"

Show: TypeAlias = Callable[[str], None]
"""Takes one line of what the device shows to people; a terminal prints it, a demo forgets it."""

O = TypeVar("O")  # noqa: E741 - options


class Device(Protocol):
    """A device at work."""

    @property
    def session(self) -> DeviceSession: ...

    async def run(self) -> None:
        """Lives until cancelled: the session, and beside it what the kind itself has to do."""
        ...

    async def type_line(self, line: str) -> None:
        """What a person types at a terminal in place of touching the device; answers come through `Show`."""
        ...

    def close(self) -> None:
        """Closes files. After `run` has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Kind(Generic[O]):
    """What there is to know of a kind before one of it is made.

    `options` is a frozen dataclass with defaults, read from the TOML table `[options]`; `usage` are the lines
    that `Device.type_line` understands, for `--help`. `make` raises `ValueError` naming what the session's place or the
    options lack.
    """

    name: str
    model: str
    options: type[O]
    make: Callable[[DeviceSession, O, Show], Device]
    capabilities: tuple[str, ...] = ()
    usage: str = ""

    def description(self, place: Place | None = None) -> Description:
        return Description(model=self.model, firmware=FIRMWARE, capabilities=self.capabilities, place=place)


KINDS: Final[dict[str, str]] = {
    "kiosk": "devices.kinds.kiosk",
    "ticket_printer": "devices.kinds.ticket_printer",
    "call_button": "devices.kinds.call_button",
    "window_display": "devices.kinds.window_display",
    "hall_board": "devices.kinds.hall_board",
    "rating_pad": "devices.kinds.rating_pad",
}


def kind_named(name: str) -> Kind[Any]:
    """The kind of a name of `KINDS`. Raises `KeyError`."""
    kind: Kind[Any] = import_module(KINDS[name]).KIND
    return kind


def no_show(line: str) -> None:
    """A `Show` that forgets."""
    del line
