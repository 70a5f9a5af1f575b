"""The board that is an ESP32. Written against MicroPython 1.24's documentation and never run: no such board was here.

`board` in the config:
  keys      {"next": 12, ...}   name of a key and its pin; a pressed key pulls the pin to ground
  lamps     {"link": 2}         name of a lamp and its pin
  glass     {"sda": 21, "scl": 22}   an SSD1306 of 128 x 64 on I2C, with the `ssd1306` module of micropython-lib
  digits    {"clk": 18, "dio": 19}   a TM1637 of four digits, with the `tm1637` module
  wifi      {"name": ..., "password": ...}
  watchdog_ms   8000 unless given; 0 for none
The font of the OLED has no Chinese, so the glass shows the English line.
"""

import time

import machine
import network

DEBOUNCE_MS = 30
_1970_TO_2000_MS = 946684800000


class Board:
    stream = None  # no file to wait on: keys are looked at in every round

    def __init__(self, config):
        board = config["board"]
        self._keys = {}
        for name, pin in board.get("keys", {}).items():
            self._keys[name] = [machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP), False, time.ticks_ms()]
        self._lamps = {name: machine.Pin(pin, machine.Pin.OUT) for name, pin in board.get("lamps", {}).items()}
        self._oled = self._tube = self._dog = None
        if "glass" in board:
            import ssd1306

            wires = machine.I2C(0, sda=machine.Pin(board["glass"]["sda"]), scl=machine.Pin(board["glass"]["scl"]))
            self._oled = ssd1306.SSD1306_I2C(128, 64, wires)
        if "digits" in board:
            import tm1637

            self._tube = tm1637.TM1637(clk=machine.Pin(board["digits"]["clk"]), dio=machine.Pin(board["digits"]["dio"]))
        radio = network.WLAN(network.STA_IF)
        radio.active(True)
        radio.connect(board["wifi"]["name"], board["wifi"]["password"])  # it joins again by itself
        if board.get("watchdog_ms", 8000):
            self._dog = machine.WDT(timeout=board.get("watchdog_ms", 8000))

    def keys(self):
        """The keys that went down since the last call; a level has to last `DEBOUNCE_MS` to count."""
        now, pressed = time.ticks_ms(), []
        for name, key in self._keys.items():
            down = key[0].value() == 0
            if down == key[1]:
                key[2] = now
            elif time.ticks_diff(now, key[2]) >= DEBOUNCE_MS:
                key[1], key[2] = down, now
                if down:
                    pressed.append(name)
        return pressed

    def glass(self, zh, en):
        if self._oled is not None:
            self._oled.fill(0)
            for row in range(0, min(len(en), 96), 16):
                self._oled.text(en[row : row + 16], 0, row * 10 // 16)
            self._oled.show()

    def glass_ready(self):
        return True  # `show` returns when the last byte is on the wire

    def digits(self, text):
        if self._tube is not None:
            self._tube.show("%-4s" % text)

    def lamp(self, name, lit):
        if name in self._lamps:
            self._lamps[name].value(1 if lit else 0)

    def wall_ms(self):
        return time.time() * 1000 + (_1970_TO_2000_MS if time.gmtime(0)[0] == 2000 else 0)

    def feed(self):
        if self._dog is not None:
            self._dog.feed()
