"""Live updates: channels of full snapshots, rendered once and fanned out to every page that shows them.

A channel is a name (``board/hall``, ``window/112``) and a function that renders its newest snapshot. ``touch`` marks it
changed: the first change leaves at once, further ones at most every 50 ms, and a slow page gets only the newest.
Nothing is rendered while nobody listens. ``hub.web.live_stream`` carries channels to pages as server-sent events.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hub.core.submission import Committed

Render = Callable[[], "bytes | str"]
"""The newest snapshot: ``bytes`` are JSON and spliced in as they are, ``str`` is HTML and travels as a JSON string."""

Make = Callable[[str], "Render | None"]
"""From a whole channel name to its render; None: there is no such channel."""

PACE_SECONDS = 0.05
HEARTBEAT_SECONDS = 4.0

_log = logging.getLogger("hub.web.live")


class Subscriber:
    """One open stream: the newest unsent frame of each of its channels, and a bell."""

    __slots__ = ("_bell", "_pending")

    def __init__(self) -> None:
        self._pending: dict[str, bytes] = {}
        self._bell = asyncio.Event()

    def offer(self, name: str, frame: bytes) -> None:
        """``frame`` replaces an unsent one of the same channel."""
        self._pending[name] = frame
        self._bell.set()

    def wake(self) -> None:
        self._bell.set()

    def unsent(self) -> Iterable[bytes]:
        """What waits to be sent, one frame a channel."""
        return self._pending.values()

    async def frames(self) -> bytes:
        """Everything unsent as one chunk; empty when woken without news."""
        await self._bell.wait()
        self._bell.clear()
        if len(self._pending) == 1:
            (chunk,) = self._pending.values()
        else:
            chunk = b"".join(self._pending.values())
        self._pending.clear()
        return chunk


class Channel:
    """One snapshot that pages follow. ``refresh``: rendered again after that many seconds without a change."""

    __slots__ = (
        "_changed_at",
        "_dirty",
        "_frame",
        "_live",
        "_render",
        "_sent_at",
        "_timer",
        "_waker",
        "name",
        "refresh",
        "sequence",
        "subscribers",
    )

    def __init__(self, live: Live, name: str, render: Render, refresh: float | None) -> None:
        self.name = name
        self.refresh = refresh
        self.sequence = 0
        self.subscribers: set[Subscriber] = set()
        self._live = live
        self._render = render
        self._frame = b""
        self._dirty = True
        self._changed_at = 0.0
        self._sent_at = float("-inf")
        self._timer: asyncio.Handle | None = None
        self._waker: asyncio.TimerHandle | None = None

    def touch(self) -> None:
        """The channel's source changed. Cheap, and safe to call for every event of a burst."""
        self._dirty = True
        if not self.subscribers:
            return
        loop = asyncio.get_running_loop()
        if not self._changed_at:
            self._changed_at = loop.time()
        if self._timer is None:
            wait = self._sent_at + PACE_SECONDS - loop.time()
            self._timer = loop.call_soon(self._publish) if wait <= 0 else loop.call_later(wait, self._publish)

    def join(self, subscriber: Subscriber) -> None:
        """Add a page and hand it the present snapshot; what grows with time grew while nobody looked."""
        aged = not self.subscribers and self.refresh is not None
        self.subscribers.add(subscriber)
        if (self._dirty or aged) and self._timer is None:
            self._draw()
        if self._frame:
            subscriber.offer(self.name, self._frame)
        self._arm()

    def leave(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        if not self.subscribers:
            self.rest()

    def rest(self) -> None:
        """Cancel what is scheduled; the channel may be joined again."""
        for handle in (self._timer, self._waker):
            if handle is not None:
                handle.cancel()
        self._timer = self._waker = None

    def _publish(self) -> None:
        self._timer = None
        if not self._draw():
            return
        self._arm()
        for subscriber in self.subscribers:
            subscriber.offer(self.name, self._frame)

    def _draw(self) -> bool:
        """Render into a new frame; False (and the old frame stays) when the render fails."""
        changed_at, self._dirty = self._changed_at, False
        self._changed_at = 0.0
        self._sent_at = now = asyncio.get_running_loop().time()
        try:
            drawn = self._render()
        except Exception:
            self._live.failed_renders += 1
            _log.exception("rendering %s failed", self.name)
            return False
        self.sequence += 1
        age = round((now - changed_at) * 1000) if changed_at else 0
        self._frame = self._live.frame(self.name, self.sequence, age, drawn)
        return True

    def _arm(self) -> None:
        if self.refresh is None or not self.subscribers:
            return
        if self._waker is not None:
            self._waker.cancel()
        self._waker = asyncio.get_running_loop().call_later(self.refresh, self.touch)


class Live:
    """The registry of channels. All methods are called on the event loop's thread.

    ``boot`` is the hub's boot id and ``assets`` the version of the page assets: a page that sees either change reloads.
    """

    def __init__(self, boot: str, assets: str = "", *, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self.boot = boot
        self.assets = assets
        self.heartbeat = heartbeat
        self.stopping = False
        self.failed_renders = 0
        self.subscribers: set[Subscriber] = set()
        self._fixed: dict[str, Channel] = {}
        self._made: dict[str, Channel] = {}
        self._factories: dict[str, tuple[Make, float | None]] = {}
        self._routes: list[Callable[[Committed], Iterable[str]]] = []
        self._pulse: asyncio.TimerHandle | None = None

    # What pages declare

    def channel(self, name: str, render: Render, *, refresh: float | None = None) -> Channel:
        """A channel that stays. Raises ``ValueError`` when the name is taken."""
        if name in self._fixed:
            msg = f"channel {name} exists already"
            raise ValueError(msg)
        channel = self._fixed[name] = Channel(self, name, render, refresh)
        return channel

    def factory(self, prefix: str, make: Make, *, refresh: float | None = None) -> None:
        """Channels ``prefix…`` made when first joined and dropped when the last page leaves."""
        self._factories[prefix] = (make, refresh)

    def route(self, router: Callable[[Committed], Iterable[str]]) -> None:
        """``router`` maps a committed event to names of channels it changes; a name that ends in ``/`` means all
        channels under it. A router must be quick: it runs before the command is answered."""
        self._routes.append(router)

    # What the hub reports

    def on_committed(self, batch: Sequence[Committed]) -> None:
        """For ``hub.listen``: touch what the batch changed. Never raises: a broken router is logged."""
        if not self.subscribers:
            for channel in self._fixed.values():
                channel.touch()
            return
        names: set[str] = set()
        for committed in batch:
            for router in self._routes:
                try:
                    names.update(router(committed))
                except Exception:
                    self.failed_renders += 1
                    _log.exception("routing an event to live pages failed")
        for name in names:
            self.touch(name)

    def touch(self, name: str) -> None:
        """Touch a channel, or all under a prefix that ends in ``/``. Unknown names are nobody's."""
        if name.endswith("/"):
            for channel in (*self._fixed.values(), *self._made.values()):
                if channel.name.startswith(name):
                    channel.touch()
            return
        channel = self._fixed.get(name) or self._made.get(name)
        if channel is not None:
            channel.touch()

    # What streams need

    def join(self, names: Iterable[str], subscriber: Subscriber) -> list[str]:
        """Subscribe to all names or to none; returns the names there is no channel for."""
        channels: list[Channel] = []
        missing: list[str] = []
        for name in dict.fromkeys(names):
            channel = self._find(name)
            if channel is None:
                missing.append(name)
            else:
                channels.append(channel)
        if missing:
            return missing
        self.subscribers.add(subscriber)
        for channel in channels:
            if channel.name not in self._fixed:
                self._made[channel.name] = channel
            channel.join(subscriber)
        if self._pulse is None:
            self._pulse = asyncio.get_running_loop().call_later(self.heartbeat, self._beat)
        return []

    def leave(self, names: Iterable[str], subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        for name in names:
            channel = self._fixed.get(name) or self._made.get(name)
            if channel is None:
                continue
            channel.leave(subscriber)
            if not channel.subscribers:
                self._made.pop(name, None)
        if not self.subscribers and self._pulse is not None:
            self._pulse.cancel()
            self._pulse = None

    def stop(self) -> None:
        """End every stream now; new ones are refused."""
        self.stopping = True
        for subscriber in self.subscribers:
            subscriber.wake()
        if self._pulse is not None:
            self._pulse.cancel()
            self._pulse = None

    def frame(self, name: str, sequence: int, age: int, drawn: bytes | str) -> bytes:
        """One SSE event ``snapshot``: ``{"channel", "boot", "sequence", "age", "assets", "payload"}``."""
        payload = msgspec.json.encode(drawn) if isinstance(drawn, str) else drawn.replace(b"\n", b" ")
        head = msgspec.json.encode(
            {"channel": name, "boot": self.boot, "sequence": sequence, "age": age, "assets": self.assets}
        )
        return b'event: snapshot\ndata: %b,"payload":%b}\n\n' % (head[:-1], payload)

    def heartbeat_frame(self) -> bytes:
        """One SSE event ``heartbeat``: ``{"boot", "assets"}``."""
        return b"event: heartbeat\ndata: %b\n\n" % msgspec.json.encode({"boot": self.boot, "assets": self.assets})

    def _find(self, name: str) -> Channel | None:
        found = self._fixed.get(name) or self._made.get(name)
        if found is not None:
            return found
        for prefix, (make, refresh) in self._factories.items():
            if name.startswith(prefix):
                render = make(name)
                return None if render is None else Channel(self, name, render, refresh)
        return None

    def _beat(self) -> None:
        frame = self.heartbeat_frame()
        for subscriber in self.subscribers:
            subscriber.offer(HEARTBEAT, frame)
        self._pulse = asyncio.get_running_loop().call_later(self.heartbeat, self._beat)


HEARTBEAT = ""
"""The pseudo-channel of heartbeats in a subscriber's pending frames."""
