"""The board that is a terminal: key presses are lines on stdin, what a person would see are lines on stdout.

For trying and testing on a PC under MicroPython's unix port. The end of stdin is the plug being pulled gently.
`board` in the config: `glass_ms`, how long the glass takes to draw (electronic paper is slow), 0 unless given.
"""

import select
import sys
import time


class Board:
    def __init__(self, config):
        self._glass_ms = config.get("board", {}).get("glass_ms", 0)
        self._drawn_at = time.ticks_ms()
        self._line = ""
        self._lamps = {}
        self._poller = select.poll()
        self._poller.register(sys.stdin, select.POLLIN)
        self.stream = sys.stdin

    def keys(self):
        """The keys pressed since the last call. Raises `SystemExit` at the end of stdin."""
        pressed = []
        while any(True for _ in self._poller.ipoll(0)):
            byte = sys.stdin.buffer.read(1)
            if not byte:
                raise SystemExit
            if byte == b"\n":
                pressed.append(self._line.strip())
                self._line = ""
            elif len(self._line) < 64:
                self._line += chr(byte[0])
        return [key for key in pressed if key]

    def glass(self, zh, en):
        """Begins to show two lines."""
        self._drawn_at = time.ticks_add(time.ticks_ms(), self._glass_ms)
        print("glass", zh, "|", en)

    def glass_ready(self):
        """Whether the glass shows what was last asked for."""
        return time.ticks_diff(time.ticks_ms(), self._drawn_at) >= 0

    def digits(self, text):
        """Four characters of seven segments each."""
        print("digits", text)

    def lamp(self, name, lit):
        if self._lamps.get(name) is not lit:
            self._lamps[name] = lit
            print("lamp", name, "on" if lit else "off")

    def wall_ms(self):
        """ms since 1970 of the board's own clock; it decides nothing."""
        return time.time_ns() // 1000000

    def feed(self):
        """Tells the watchdog that the program lives; a PC has none."""
