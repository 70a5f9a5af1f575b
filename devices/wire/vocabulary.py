"""The words of the contract, fixed by name: events and their replies, commands and their arguments, desired states.

Three tables, keyed by kind and wire name; `mqtt_topics.md` is written from them. A new device kind adds its
dataclasses and its lines here.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

import msgspec

from devices.wire.codec import Count, Decoder, Id, Long, Malformed, Seq, Short, Time, UnknownType

ANY_KIND: Final = "*"

Score = Annotated[int, msgspec.Meta(ge=1, le=5)]
Copy = Annotated[int, msgspec.Meta(ge=0, le=99)]
Codes = Annotated[list[Short], msgspec.Meta(max_length=20)]
Named = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
PRINTED_ITEMS: Final = 3
PRINTED_PAPERS: Final = 6
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


# -- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequested:
    """A person asks for a number. `category` is a letter; `items` are catalogue codes."""

    category: Short
    phone: Short | None = None
    priority: Short | None = None
    items: Codes = field(default_factory=list[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitMinutes:
    """The range of the wait: half wait at most `p50` minutes, nine in ten at most `p90`."""

    p50: Count
    p90: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReply:
    """`ticket` is the textual id, `ahead` the people before it, `printer` the device that prints it.

    `floor` is where it is served first; `late` says that today may not suffice for it.
    """

    ticket: str
    number: str
    ahead: int
    wait_minutes: WaitMinutes | None
    printer: str | None
    floor: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedTicketReturned:
    """补号: the number on the paper of a person who missed the call."""

    number: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCheckedIn:
    """预约签到: the booking code that a person typed or showed; `category` when the hub asked what they came for."""

    code: Short
    category: Short | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntered:
    """A one-time locker code typed by a person."""

    code: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorReply:
    """The door that opens."""

    door: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """A key of a window's call button; `window` is the window's number."""

    window: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPressed:
    """转窗: `to` is a window number or a category letter, `why` the reason (取错号 ...)."""

    window: Short
    to: Short | None = None
    why: Long | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReply:
    """The number that the window now has; `null` when it has none."""

    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """好差评: 5 = 非常满意 … 1 = 非常不满意."""

    ticket: Id
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorChanged:
    """What the inputs of a locker door say now."""

    door: Count
    closed: bool
    occupied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChanged:
    """The paper of a printer, whenever it changes."""

    level: Literal["ok", "low", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    sha256: Sha256
    bytes: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesScanned:
    """`scan` is the id of the `scan` command, or the device's own when a person pressed the key."""

    scan: Id
    pages: Annotated[list[ScannedPage], msgspec.Meta(max_length=150)]


# A Struct because only msgspec can name a field `from`, which Python keeps for itself.
class OutboxLost(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The seqs `from` to `to` of the left `epoch` will never come. The first event of a new epoch, if any is lost."""

    epoch: Id
    from_: Seq
    to: Seq


# -- commands -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The same words in Chinese and English."""

    zh: Named
    en: Named


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTicket:
    """`copy` 0 is the ticket itself, n the n-th 补打, marked as such; `url` becomes the QR code.

    `floor` names where this ticket waits, before what `desired` says of its category. `items` are the first things
    that it is for, `bring` the first papers to have ready; `more_items` and `more_bring` count the others.
    """

    ticket: Id
    number: Short
    category: Short
    at: Time
    ahead: Count
    wait_minutes: WaitMinutes | None = None
    url: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    copy: Copy = 0
    floor: Printed | None = None
    items: Annotated[list[Printed], msgspec.Meta(max_length=PRINTED_ITEMS)] = field(default_factory=list[Printed])
    more_items: Count = 0
    bring: Annotated[list[Printed], msgspec.Meta(max_length=PRINTED_PAPERS)] = field(default_factory=list[Printed])
    more_bring: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRating:
    """Show the question for `seconds`."""

    ticket: Id
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    door: Count
    purpose: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSms:
    to: Short
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """`upload` is a one-use address that takes the pages."""

    scan: Id
    upload: Annotated[str, msgspec.Meta(max_length=500)]
    dpi: Annotated[int, msgspec.Meta(ge=50, le=1200)] = 300
    duplex: bool = False


# -- desired states -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowShown:
    """What stands over a window. `state` is the window's: `open`, `paused`, `closed`, `called` or `serving`."""

    revision: Count
    window: Short
    number: Short | None = None
    state: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    number: Short
    window: Short
    at: Time


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsShown:
    """The latest calls of a board, newest first. `scope` is `hall`, `floor/2` or `zone/...`."""

    revision: Count
    scope: Short
    calls: Annotated[list[Call], msgspec.Meta(max_length=60)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCategory:
    """How a category is named on paper, and where it is served."""

    zh: Short
    en: Short
    place_zh: Short | None = None
    place_en: Short | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLayout:
    """The paper of a ticket: names of the hall and of categories, footers, 24-point type (`large`), QR code.

    Empty names and footers leave the printer's own; `time_zone` is the hall's, an IANA name.
    """

    revision: Count
    hall_zh: Long = ""
    hall_en: Long = ""
    time_zone: Short | None = None
    footer_zh: Long = ""
    footer_en: Long = ""
    large: bool = False
    qr: bool = True
    categories: dict[str, PrintedCategory] = field(default_factory=dict[str, PrintedCategory])


# -- tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventRule:
    """`reply` is None for events that do not ask; `stale_ms` is the age past which an asking event is refused."""

    data: type[Any]
    reply: type[Any] | None = None
    stale_ms: int | None = None

    @property
    def asks(self) -> bool:
        return self.reply is not None


@dataclass(frozen=True, slots=True)
class CommandRule:
    """`done` says what the result `done` promises."""

    args: type[Any]
    done: str


KIOSK_STALE_MS: Final = 30_000
BUTTON_STALE_MS: Final = 5_000

EVENTS: Final[dict[tuple[str, str], EventRule]] = {
    ("kiosk", "ticket-requested"): EventRule(TicketRequested, TicketReply, KIOSK_STALE_MS),
    ("kiosk", "missed-ticket-returned"): EventRule(MissedTicketReturned, TicketReply, KIOSK_STALE_MS),
    ("kiosk", "appointment-checked-in"): EventRule(AppointmentCheckedIn, TicketReply, KIOSK_STALE_MS),
    ("kiosk", "code-entered"): EventRule(CodeEntered, DoorReply, KIOSK_STALE_MS),
    ("call_button", "call-next"): EventRule(ButtonPressed, NumberReply, BUTTON_STALE_MS),
    ("call_button", "recall"): EventRule(ButtonPressed, NumberReply, BUTTON_STALE_MS),
    ("call_button", "start"): EventRule(ButtonPressed, NumberReply, BUTTON_STALE_MS),
    ("call_button", "finish"): EventRule(ButtonPressed, NumberReply, BUTTON_STALE_MS),
    ("call_button", "miss"): EventRule(ButtonPressed, NumberReply, BUTTON_STALE_MS),
    ("call_button", "park"): EventRule(ButtonPressed, NumberReply, BUTTON_STALE_MS),
    ("call_button", "transfer"): EventRule(TransferPressed, NumberReply, BUTTON_STALE_MS),
    ("rating_pad", "rated"): EventRule(Rated),
    ("locker_bank", "door-changed"): EventRule(DoorChanged),
    ("ticket_printer", "paper-changed"): EventRule(PaperChanged),
    ("scanner", "pages-scanned"): EventRule(PagesScanned),
    ("document_camera", "pages-scanned"): EventRule(PagesScanned),
    (ANY_KIND, "outbox-lost"): EventRule(OutboxLost),
}

_PRINT: Final = CommandRule(PrintTicket, "the in-order fence came back after the cut; otherwise `unknown`")
_SMS: Final = CommandRule(SendSms, "the network's reference came for every part")
_SCAN: Final = CommandRule(Scan, "every page is stored and its hash agrees")

COMMANDS: Final[dict[tuple[str, str], CommandRule]] = {
    ("ticket_printer", "print-ticket"): _PRINT,
    ("rating_pad", "ask-rating"): CommandRule(AskRating, "the question is on the glass"),
    ("locker_bank", "open-door"): CommandRule(OpenDoor, "the door input was read open twice"),
    ("sms_modem", "send-sms"): _SMS,
    ("sms_http", "send-sms"): _SMS,
    ("sms_smpp", "send-sms"): _SMS,
    ("scanner", "scan"): _SCAN,
    ("document_camera", "scan"): _SCAN,
}

DESIRED: Final[dict[str, type[Any]]] = {
    "window_display": WindowShown,
    "hall_board": CallsShown,
    "ticket_printer": TicketLayout,
}

_EVENT_DECODERS: Final = {name: Decoder[Any](rule.data) for name, rule in EVENTS.items()}
_REPLY_DECODERS: Final = {name: Decoder[Any](rule.reply) for name, rule in EVENTS.items() if rule.reply is not None}
_COMMAND_DECODERS: Final = {name: Decoder[Any](rule.args) for name, rule in COMMANDS.items()}
_DESIRED_DECODERS: Final = {kind: Decoder[Any](shape) for kind, shape in DESIRED.items()}


def event_rule(kind: str, type_: str) -> EventRule | None:
    """The rule of an event of a kind; events of any kind included."""
    return EVENTS.get((kind, type_)) or EVENTS.get((ANY_KIND, type_))


def decode_data(kind: str, type_: str, raw: bytes | msgspec.Raw) -> Any:
    """The data of an event as the dataclass that `EVENTS` names.

    Raises `UnknownType` when the kind has no such event, `Malformed` (fields under `data`) when the data is not it.
    """
    decoder = _EVENT_DECODERS.get((kind, type_)) or _EVENT_DECODERS.get((ANY_KIND, type_))
    if decoder is None:
        raise UnknownType("type", f"{kind} has no event {type_!r}")
    return _under("data", decoder, raw)


def decode_reply_data(kind: str, type_: str, raw: bytes | msgspec.Raw) -> Any:
    """The data of a reply to an asking event. Raises `UnknownType` or `Malformed`."""
    decoder = _REPLY_DECODERS.get((kind, type_))
    if decoder is None:
        raise UnknownType("type", f"{kind} has no asking event {type_!r}")
    return _under("data", decoder, raw)


def decode_args(kind: str, op: str, raw: bytes | msgspec.Raw) -> Any:
    """The arguments of a command. Raises `UnknownType` or `Malformed`."""
    decoder = _COMMAND_DECODERS.get((kind, op))
    if decoder is None:
        raise UnknownType("op", f"{kind} has no command {op!r}")
    return _under("args", decoder, raw)


def decode_desired(kind: str, payload: bytes) -> Any:
    """A desired state. Raises `UnknownType` or `Malformed`."""
    decoder = _DESIRED_DECODERS.get(kind)
    if decoder is None:
        raise UnknownType("", f"{kind} has no desired state")
    return decoder(payload)


def _under(field_: str, decoder: Decoder[Any], raw: bytes | msgspec.Raw) -> Any:
    try:
        return decoder(raw)
    except Malformed as error:
        raise Malformed(f"{field_}.{error.field}" if error.field else field_, error.why) from None
