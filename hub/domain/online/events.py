"""What became of the online hall's messages: the entries of stream ``online``. They go up whole, as the answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageAnswered:
    """Message ``n`` with command ``id`` (32 hex) was carried out or refused; its other entries have it as their cause.

    ``code`` and ``facts`` (a JSON object, safe to show anyone) of a refusal; ``zh`` and ``en``: the refusal in
    sentences that may be shown. ``repeated``: the id had come before, and this is what was answered then. ``hash``:
    the inbox's chain.
    """

    n: int
    id: str
    kind: str
    ok: bool
    code: str
    facts: str
    hash: str
    repeated: bool
    at: int
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class InboxRewound:
    """The online hall's inbox ends at ``to``, before what was taken: it was restored from an older copy.

    Messages after ``to`` are numbered anew; what the lost ones brought about stays.
    """

    to: int
    hash: str
    was: int
    at: int


OnlineEvent = MessageAnswered | InboxRewound
