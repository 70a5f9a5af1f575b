"""取号机: the glass of a kiosk without the glass. A person taps, the hub answers, nothing personal stays."""

import shlex
from dataclasses import dataclass
from typing import Final

from devices.kinds import Kind, Show, no_show
from devices.wire.session import DeviceSession, Refused, Unanswered
from devices.wire.vocabulary import (
    AppointmentCheckedIn,
    CodeEntered,
    DoorReply,
    MissedTicketReturned,
    TicketReply,
    TicketRequested,
)


@dataclass(frozen=True, slots=True)
class KioskOptions:
    """`answer_seconds` is how long a person is let wait before the kiosk says that it has no answer."""

    answer_seconds: float = 10.0


class Kiosk:
    """Every method raises `Refused` with the hub's sentence for the person, or `Unanswered`."""

    def __init__(self, session: DeviceSession, options: KioskOptions | None = None, show: Show = no_show) -> None:
        self.session = session
        self._options = options or KioskOptions()
        self._show = show

    async def request_ticket(
        self, category: str, phone: str | None = None, priority: str | None = None, items: tuple[str, ...] = ()
    ) -> TicketReply:
        """取号. `category` is a letter, `priority` a class of the hall's profile such as `elderly`."""
        data = TicketRequested(category=category, phone=phone, priority=priority, items=list(items))
        return await self.session.ask("ticket-requested", data, TicketReply, self._options.answer_seconds)

    async def return_missed(self, number: str) -> TicketReply:
        """补号, with the number on the paper."""
        data = MissedTicketReturned(number=number)
        return await self.session.ask("missed-ticket-returned", data, TicketReply, self._options.answer_seconds)

    async def check_in(self, code: str, category: str | None = None) -> TicketReply:
        """预约签到, with the code of the booking."""
        data = AppointmentCheckedIn(code=code, category=category)
        return await self.session.ask("appointment-checked-in", data, TicketReply, self._options.answer_seconds)

    async def enter_code(self, code: str) -> DoorReply:
        """A one-time locker code."""
        return await self.session.ask("code-entered", CodeEntered(code=code), DoorReply, self._options.answer_seconds)

    async def run(self) -> None:
        await self.session.run()

    async def type_line(self, line: str) -> None:
        try:
            self._show(await self._obey(shlex.split(line)))
        except Refused as refused:
            self._show(f"{refused.refusal.message.zh} {refused.refusal.message.en} [{refused.code}]")
        except Unanswered:
            self._show("暂无应答，请稍后再试。 No answer yet, please try again later.")
        except ValueError as error:
            self._show(f"{error}\n{USAGE}")

    async def _obey(self, words: list[str]) -> str:
        match words:
            case ["take", category, *rest]:
                wishes = {key: value for key, _, value in (word.partition("=") for word in rest)}
                phone, priority = wishes.pop("phone", None), wishes.pop("priority", None)
                if wishes:
                    raise ValueError(f"unknown: {', '.join(wishes)}")
                return _sentence(await self.request_ticket(category, phone, priority))
            case ["return", number]:
                return _sentence(await self.return_missed(number))
            case ["check-in", code, *rest] if len(rest) < 2:
                return _sentence(await self.check_in(code, *rest))
            case ["code", code]:
                return f"柜门 Door {(await self.enter_code(code)).door}"
            case _:
                raise ValueError("not understood")

    def close(self) -> None:
        self.session.close()


def _sentence(reply: TicketReply) -> str:
    wait = reply.wait_minutes
    minutes = "" if wait is None else f" 约 about {wait.p50}-{wait.p90} min"
    paper = "未打印 not printed" if reply.printer is None else f"打印 printed by {reply.printer}"
    floor = "" if reply.floor is None else f" {reply.floor} 层 floor {reply.floor}"
    late = " 今天可能办不完 today may not suffice" if reply.late else ""
    return f"{reply.number}{floor} 前面 ahead {reply.ahead}{minutes}{late} {paper} ticket {reply.ticket}"


USAGE: Final = """\
take CATEGORY [phone=NUMBER] [priority=CLASS]   take a number
return NUMBER                                   return with a missed number
check-in CODE [CATEGORY]                        check a booking in
code CODE                                       open a locker"""

KIND: Final = Kind(
    name="kiosk",
    model="simulated kiosk",
    options=KioskOptions,
    make=Kiosk,
    capabilities=("tickets", "missed-tickets", "check-in", "locker-codes"),
    usage=USAGE,
)
