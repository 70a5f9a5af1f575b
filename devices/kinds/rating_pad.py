"""评价器: asks one person about one visit, for a while, and takes one answer. Staff cannot answer or skip it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.kinds import Kind, Show, no_show
from devices.wire.commands import Outcome, done
from devices.wire.messages import Command
from devices.wire.session import DeviceSession
from devices.wire.vocabulary import AskRating, Rated

LEVELS: Final = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


@dataclass(frozen=True, slots=True)
class RatingPadOptions:
    """Nothing to choose: how long a question stands comes with it."""


class NotAskedError(ValueError):
    """That ticket's question is not on the glass: never asked, answered, or its time is over."""


class RatingPad:
    """`asked` hears every question that appears."""

    def __init__(self, session: DeviceSession, options: RatingPadOptions | None = None, show: Show = no_show) -> None:
        del options
        self.session = session
        self.asked: Callable[[AskRating], None] = self._print
        self._show = show
        self._question: AskRating | None = None
        self._until = 0.0
        session.on_command("ask-rating", AskRating, self._ask)

    @property
    def question(self) -> AskRating | None:
        """What is on the glass; None once its seconds are over."""
        if self._question is not None and self.session.clock.monotonic() > self._until:
            self._question = None
        return self._question

    async def _ask(self, command: Command, args: AskRating) -> Outcome:
        del command
        # A new question takes the place of the last visitor's: that one has left.
        self._question = args
        self._until = self.session.clock.monotonic() + args.seconds
        self.asked(args)
        return done()

    async def rate(self, ticket: str, score: int) -> int:
        """One tap, 5 = 非常满意 … 1 = 非常不满意; returns the seq of the event.

        Raises `NotAskedError`, or `ValueError` for a score out of range.
        """
        if score not in LEVELS:
            raise ValueError("score: 1 to 5")
        if self.question is None or self.question.ticket != ticket:
            raise NotAskedError(ticket)
        self._question = None
        return await self.session.emit("rated", Rated(ticket=ticket, score=score))

    def _print(self, question: AskRating) -> None:
        self._show("请您评价 Please rate: " + "  ".join(f"{n} {name}" for n, name in LEVELS.items()))
        self._show(f"ticket {question.ticket}, {question.seconds} s")

    async def run(self) -> None:
        await self.session.run()

    async def type_line(self, line: str) -> None:
        question = self.question
        if question is None:
            self._show("现在没有评价 Nothing to rate now")
            return
        try:
            await self.rate(question.ticket, int(line))
        except ValueError:
            self._show(USAGE)
        else:
            self._show("谢谢 Thank you")

    def close(self) -> None:
        self.session.close()


USAGE: Final = "1 | 2 | 3 | 4 | 5    rate, 5 is best, while the question stands"

KIND: Final = Kind(
    name="rating_pad",
    model="simulated rating pad",
    options=RatingPadOptions,
    make=RatingPad,
    usage=USAGE,
)
