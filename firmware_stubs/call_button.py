"""呼叫器: the keys at a window, with four digits of display.

Keys: next, recall, start, finish, miss, park, and transfer when the config names where to (`transfer_to`, and why:
`transfer_why`). The display shows the window's number, `----` for none, `....` while the hub
is asked, and `Enn` when nothing was done.
"""

from session import Session

KEYS = {
    "next": "call-next",
    "recall": "recall",
    "start": "start",
    "finish": "finish",
    "miss": "miss",
    "park": "park",
    "transfer": "transfer",
}
ANSWER_MS = 5000  # past it the hub refuses a press as stale
DOUBLE_PRESS_MS = 300
NO_ANSWER, NOT_KEPT, OTHER_REFUSAL = "E90", "E91", "E99"
CODES = {
    "no-active-ticket": "E01",
    "window-busy": "E02",
    "window-closed": "E03",
    "window-paused": "E04",
    "day-not-open": "E05",
    "day-closed": "E06",
    "service-started": "E07",
    "missed-too-early": "E08",
    "wrong-state": "E09",
    "changed-meanwhile": "E10",
    "unknown-window": "E20",
    "wrong-window": "E21",
    "unknown-device": "E22",
    "unknown-category": "E23",
    "bad-transfer": "E24",
    "stale": "E30",
    "no-room": "E31",
}


class CallButton:
    def __init__(self, config, board):
        self._window = config["window"]
        self._transfer_to = config.get("transfer_to")
        self._transfer_why = config.get("transfer_why", "转窗")
        self._answer_ms = config.get("answer_ms", ANSWER_MS)
        self._double_ms = config.get("double_press_ms", DOUBLE_PRESS_MS)
        self._board = board
        self._waiting = {}
        self._pressed = {}
        keys = [KEYS[key] for key in KEYS if key != "transfer" or self._transfer_to]
        self.session = Session(config, "call_button", "call button, MicroPython stub", keys, board.wall_ms)
        self._ms = self.session.monotonic.ms
        board.digits("----")

    def press(self, key):
        """One key. A second press of a key that is still unanswered, or within `double_press_ms`, is the same press."""
        now = self._ms()
        event = KEYS.get(key)
        if event is None or (key == "transfer" and not self._transfer_to):
            return
        if key in self._waiting or now - self._pressed.get(key, -self._double_ms) < self._double_ms:
            return
        self._pressed[key] = now
        data = {"window": self._window}
        if key == "transfer":
            data["to"] = self._transfer_to
            data["why"] = self._transfer_why
        try:
            self.session.ask(event, data, self._answer_ms, lambda ok, value: self._answered(key, ok, value))
        except OSError:
            self._board.digits(NOT_KEPT)
        else:
            self._waiting[key] = True
            self._board.digits("....")

    def _answered(self, key, ok, value):
        self._waiting.pop(key, None)
        if ok:
            number = (value or {}).get("number")
            self._board.digits("----" if number is None else number if len(number) <= 4 else number[-4:])
        elif value is None:
            self._board.digits(NO_ANSWER)
        else:
            self._board.digits(CODES.get(value["code"], OTHER_REFUSAL))

    def step(self):
        """Nothing passes by itself at a button."""


PROGRAM = CallButton
