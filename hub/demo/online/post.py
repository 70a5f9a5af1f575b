"""How citizens reach the online hall: messages, and what it knows, by the interface that a city's programs use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from hub.demo.api_client import ApiRefused, ApiUnreachable
from hub.demo.online.online_hall import OnlineHall

S = TypeVar("S")


class _Sent(msgspec.Struct):
    n: int


class _Stored(msgspec.Struct):
    sha256: str = ""


class Post:
    """``said``: the messages that were taken, type by id. ``troubles``: what was not, in words."""

    def __init__(self, online: OnlineHall) -> None:
        self._online = online
        self._root = f"/city/v1/halls/{online.hall}"
        self.said: dict[str, str] = {}
        self.troubles: list[str] = []

    async def say(self, id: str, type: str, data: Mapping[str, object], unit: str = "") -> None:
        """Once for each id; with ``unit``, that place is sold in the same step. Raises ``ApiRefused`` or
        ``ApiUnreachable``.
        """
        await self._online.tick()
        body: dict[str, object] = {"id": id, "type": type, "data": data}
        if unit:
            body["unit"] = unit
        await self._online.api.post(f"{self._root}/messages", body, _Sent)
        self.said[id] = type

    async def see(self, path: str, shape: type[S]) -> S | None:
        """None until the hall has said something about it."""
        await self._online.tick()
        try:
            return await self._online.api.get(self._root + path, shape)
        except (ApiRefused, ApiUnreachable):
            return None

    async def put(self, sha256: str, content: bytes) -> None:
        """Raises ``ApiRefused`` or ``ApiUnreachable``."""
        await self._online.api.put(f"{self._root}/files/{sha256}", content, _Stored)
