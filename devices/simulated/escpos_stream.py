"""The printer's side of ESC/POS: bytes into commands, however the network splits them.

Written from the Epson reference and not from our encoder, which it judges. Own table of lengths: a command that is
not in it would make data of its arguments, so it is counted as unknown instead of guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its Epson name; `args` are all bytes after the name, data included."""

    name: str
    args: bytes = b""


@dataclass(frozen=True, slots=True)
class Text:
    """Printable bytes 20h to FFh, in whatever character set is selected."""

    data: bytes


Token = Command | Text

_FIXED: Final[dict[bytes, tuple[str, int]]] = {
    b"\n": ("LF", 0),
    b"\r": ("CR", 0),
    b"\t": ("HT", 0),
    b"\x10\x04": ("DLE EOT", 1),
    b"\x10\x05": ("DLE ENQ", 1),
    b"\x1b@": ("ESC @", 0),
    b"\x1b!": ("ESC !", 1),
    b"\x1bE": ("ESC E", 1),
    b"\x1bG": ("ESC G", 1),
    b"\x1b-": ("ESC -", 1),
    b"\x1bM": ("ESC M", 1),
    b"\x1ba": ("ESC a", 1),
    b"\x1bd": ("ESC d", 1),
    b"\x1bJ": ("ESC J", 1),
    b"\x1b2": ("ESC 2", 0),
    b"\x1b3": ("ESC 3", 1),
    b"\x1bt": ("ESC t", 1),
    b"\x1bR": ("ESC R", 1),
    b"\x1bp": ("ESC p", 3),
    b"\x1d!": ("GS !", 1),
    b"\x1dB": ("GS B", 1),
    b"\x1db": ("GS b", 1),
    b"\x1dr": ("GS r", 1),
    b"\x1da": ("GS a", 1),
    b"\x1c&": ("FS &", 0),
    b"\x1c.": ("FS .", 0),
    b"\x1c!": ("FS !", 1),
}
_PREFIXES: Final = b"\x10\x1b\x1c\x1d"


class Stream:
    """One connection's bytes; an unfinished command waits for the rest. `unknown` counts what it had to skip."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self.unknown = 0

    def feed(self, data: bytes) -> Iterator[Token]:
        """Tokens completed by these bytes, in order. Text may come in several pieces."""
        self._pending += data
        while self._pending:
            if self._pending[0] >= 0x20:
                end = next((n for n, byte in enumerate(self._pending) if byte < 0x20), len(self._pending))
                token, used = Text(bytes(self._pending[:end])), end
            else:
                step = self._command()
                if step is None:
                    return
                token, used = step
            del self._pending[:used]
            if token is None:
                self.unknown += 1
            else:
                yield token

    def _command(self) -> tuple[Command | None, int] | None:
        """The command at the head and its length; None while bytes are missing."""
        head = bytes(self._pending[:7])
        if head[0] in _PREFIXES and len(head) < 2:
            return None
        name = head[:2] if head[0] in _PREFIXES else head[:1]
        if name in _FIXED:
            label, count = _FIXED[name]
            return self._whole(label, len(name), count)
        if name == b"\x1dV":
            return None if len(head) < 3 else self._whole("GS V", 2, 2 if head[2] in (65, 66, 97, 98, 103, 104) else 1)
        if head[:3] == b"\x1dv0":
            return None if len(head) < 7 else self._raster()
        if head[:3] == b"\x1d(k":
            return None if len(head) < 5 else self._whole("GS ( k", 3, 2 + int.from_bytes(head[3:5], "little"))
        if name in (b"\x1dv", b"\x1d(") and len(head) < 3:
            return None
        return None, len(name)

    def _raster(self) -> tuple[Command | None, int] | None:
        if len(self._pending) < 8:
            return None
        across, down = (int.from_bytes(self._pending[n : n + 2], "little") for n in (4, 6))
        return self._whole("GS v 0", 3, 5 + across * down)

    def _whole(self, label: str, name: int, args: int) -> tuple[Command, int] | None:
        end = name + args
        return (Command(label, bytes(self._pending[name:end])), end) if len(self._pending) >= end else None
