"""What the two sides say to each other beside entries: version 1 of the resources under ``/sync/v1``.

Both sides import this. Hashes are hexadecimal, times RFC 3339 or milliseconds as named, unknown fields are ignored and
new ones have defaults, so that versions a step apart understand each other. The resources and their statuses are told
in ``docs/sync.md``.
"""

from __future__ import annotations

import msgspec

ROOT = "/sync/v1"
LONG_POLL_SECONDS = 25
PROBLEM_TYPE = "application/problem+json"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding JSON of somebody else may raise: also for text that is no UTF-8, and for ten thousand brackets."""


class Credit(msgspec.Struct, frozen=True):
    """What may be sent in the next batch at most; ``after_ms``: not before."""

    entries: int = 1000
    bytes: int = 4 * 1024 * 1024
    after_ms: int = 0


class Opening(msgspec.Struct, frozen=True):
    """A hub opens its epoch: its history up to ``after`` (with ``hash``) is the one of epoch ``previous``, if any."""

    after: int
    hash: str
    previous: str = ""
    program: str = ""


class Standing(msgspec.Struct, frozen=True):
    """Where the receiver stands with a hall: the last entry that it has committed, and the last inbox message.

    ``snapshot``: it wants a snapshot instead of the entries before the hub's head. ``versions`` of a batch that it
    takes (``hub.sync.lines``).
    """

    epoch: str
    committed: int
    hash: str
    inbox: int = 0
    inbox_hash: str = ""
    credit: Credit = Credit()
    snapshot: bool = False
    versions: tuple[int, ...] = (1,)


class Appended(msgspec.Struct, frozen=True):
    """Everything up to ``committed`` is on the receiver's disk."""

    committed: int
    credit: Credit = Credit()


class Problem(msgspec.Struct, frozen=True):
    """Why a request was not taken (RFC 9457). ``code``:

    - ``expected``: another base is due, ``committed`` + 1; ``hash`` is that of ``committed``
    - ``epoch``: ``epoch`` stands, not the one of the request
    - ``forked``: the hub's history is not the one the receiver has; ``committed`` and ``hash`` as far as it knows
    - ``inbox-behind``: the receiver's inbox ends at ``inbox`` with ``inbox_hash``, before what the hub asked after
    - ``unreadable``, ``unsigned``, ``not-yours``: the request itself, or who sent it
    - ``challenge``, ``replayed``: sign again under the challenge in the header ``Hall-Challenge``
    - ``busy``, ``no-room``: later, see ``Retry-After``
    """

    code: str
    title: str = ""
    detail: str = ""
    epoch: str = ""
    committed: int = 0
    hash: str = ""
    inbox: int = 0
    inbox_hash: str = ""


class Message(msgspec.Struct, frozen=True):
    """What the online hall asks for: message ``n`` of the hall's inbox, numbered without a gap.

    ``id``: the command's id, 32 hex, whose outcome is kept for ever. ``at``: when the cloud received it, in ms.
    ``hash`` = SHA-256(hash of message n-1 ‖ n, id, type, at and SHA-256(data)), see ``hub.sync.inbox_chain``.
    """

    n: int
    id: str
    type: str
    at: int
    data: msgspec.Raw
    hash: str


class InboxPage(msgspec.Struct, frozen=True):
    """Messages in order; ``last`` is the number of the last one there is."""

    messages: list[Message]
    last: int


class StoredFile(msgspec.Struct, frozen=True):
    """A file the receiver has whole."""

    sha256: str
    bytes: int
