"""评价器: asks one person about one visit, for a while, and takes one answer of five keys, 5 = 非常满意."""

from orders import BadArgs
from session import Session

LEVELS = ("1 非常不满意 | 2 不满意 | 3 基本满意 | 4 满意 | 5 非常满意", "1 very poor ... 5 very good")
IDLE = ("", "")
THANKS = ("谢谢您的评价", "Thank you")
NOT_KEPT = ("未能保存，请告知工作人员", "Not saved, please tell the staff")
THANKS_MS = 2000


class RatingPad:
    def __init__(self, config, board):
        self.session = Session(config, "rating_pad", "rating pad, MicroPython stub", [], board.wall_ms)
        self._board = board
        self._ms = self.session.monotonic.ms
        self._ticket = None
        self._until = None
        self.session.orders.on("ask-rating", self._ask)
        board.glass(*IDLE)

    def _ask(self, args):
        ticket, seconds = args.get("ticket"), args.get("seconds")
        if not isinstance(ticket, str) or not 1 <= len(ticket) <= 64:
            raise BadArgs("args.ticket")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= 3600:
            raise BadArgs("args.seconds")
        # A new question takes the place of the last visitor's: that one has left.
        self._ticket = None
        self._until = None
        self._board.glass(*LEVELS)

        def shown():
            if not self._board.glass_ready():
                return None
            self._ticket = ticket
            self._until = self._ms() + seconds * 1000
            return "done", {}

        return shown

    def press(self, key):
        """A key from `1` to `5`; without a question on the glass it does nothing."""
        if self._ticket is None or key not in ("1", "2", "3", "4", "5"):
            return
        try:
            self.session.emit("rated", {"ticket": self._ticket, "score": int(key)})
        except OSError:
            self._board.glass(*NOT_KEPT)
        else:
            self._board.glass(*THANKS)
        self._ticket = None
        self._until = self._ms() + THANKS_MS

    def step(self):
        if self._until is not None and self._ms() >= self._until:
            self._ticket = self._until = None
            self._board.glass(*IDLE)


PROGRAM = RatingPad
