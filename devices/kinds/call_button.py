"""呼叫器: the keys at a window. A second tap of a key whose first is still unanswered is the same press."""

import asyncio
import shlex
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from devices.kinds import Kind, Show, no_show
from devices.wire.session import DeviceSession, Refused, Unanswered
from devices.wire.vocabulary import ButtonPressed, NumberReply, TransferPressed

Key: TypeAlias = Literal["call-next", "recall", "start", "finish", "miss", "park", "transfer"]
KEYS: Final[tuple[Key, ...]] = get_args(Key)
_SHORT: Final[dict[str, Key]] = {"next": "call-next", **{key: key for key in KEYS}}


@dataclass(frozen=True, slots=True)
class CallButtonOptions:
    """`answer_seconds`: past 5 s the hub refuses a press as stale, so waiting longer is of no use."""

    answer_seconds: float = 5.0


class CallButton:
    """The call button of the window that its place names. Raises `ValueError` when it names none."""

    def __init__(self, session: DeviceSession, options: CallButtonOptions | None = None, show: Show = no_show) -> None:
        place = session.description.place
        if place is None or place.window is None:
            raise ValueError("place.window: a call button stands at a window")
        self.session = session
        self.window = place.window
        self.number: str | None = None
        self._options = options or CallButtonOptions()
        self._show = show
        self._pressed: dict[tuple[Key, str | None, str | None], asyncio.Task[NumberReply]] = {}

    async def press(self, key: Key, to: str | None = None, why: str | None = None) -> NumberReply:
        """The number that the window has after the press, None for none; `to` and `why` belong to `transfer`.

        Raises `Refused` or `Unanswered`.
        """
        what = (key, to, why)
        task = self._pressed.get(what)
        if task is None:
            task = asyncio.create_task(self._ask(key, to, why))
            self._pressed[what] = task
            task.add_done_callback(lambda _: self._pressed.pop(what, None))
        return await asyncio.shield(task)

    async def _ask(self, key: Key, to: str | None, why: str | None) -> NumberReply:
        data: object = ButtonPressed(window=self.window)
        if key == "transfer":
            data = TransferPressed(window=self.window, to=to, why=why)
        reply = await self.session.ask(key, data, NumberReply, self._options.answer_seconds)
        self.number = reply.number
        return reply

    async def run(self) -> None:
        await self.session.run()

    async def type_line(self, line: str) -> None:
        words = shlex.split(line)
        key = _SHORT.get(words[0]) if words else None
        if key is None or len(words) > 3:
            self._show(USAGE)
            return
        try:
            reply = await self.press(key, *words[1:])
        except Refused as refused:
            self._show(f"{refused.refusal.message.zh} {refused.refusal.message.en} [{refused.code}]")
        except Unanswered:
            self._show("暂无应答 No answer")
        else:
            self._show(f"{key}: {reply.number or '无 none'}")

    def close(self) -> None:
        self.session.close()


USAGE: Final = """\
next | recall | start | finish | miss | park    press that key
transfer TO [WHY]                               hand over to a window or a category"""

KIND: Final = Kind(
    name="call_button",
    model="simulated call button",
    options=CallButtonOptions,
    make=CallButton,
    capabilities=KEYS,
    usage=USAGE,
)
