"""One connection to a broker, as a session sees it, and the real one: aiomqtt.

A link is opened by a `Connector` and lives as long as its `async with`. A session knows nothing else of MQTT, so a
whole device also runs over a link in memory.
"""

import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import unquote, urlsplit

import aiomqtt

KEEPALIVE_SECONDS: Final = 15


class LinkDown(Exception):
    """The broker cannot be reached, refused us, or went away. The device runner goes on and connects again."""


@dataclass(frozen=True, slots=True)
class Parting:
    """The will: what the broker says for a device that goes without a word, retained, QoS 1."""

    topic: str
    payload: bytes


class Link(Protocol):
    """An open connection. Both methods raise `LinkDown`."""

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> None:
        """Returns after the broker has granted all of them."""
        ...

    async def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1], retain: bool) -> None:
        """Returns when the broker has it (QoS 1), or when it is handed to the socket (QoS 0)."""
        ...

    def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        """Topic and payload of what comes in, in order."""
        ...


class Connector(Protocol):
    """Opens a link with a clean session; raises `LinkDown`."""

    def __call__(self, client_id: str, will: Parting) -> AbstractAsyncContextManager[Link]: ...


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """Where the broker is, read from `mqtt://user:password@host:port` (`mqtts` for TLS)."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: bool = False

    @classmethod
    def parse(cls, url: str) -> "BrokerUrl":
        """Raises `ValueError` with a sentence when `url` is no address of a broker."""
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("an address like mqtt://user:password@host:1883 or mqtts://… is needed")
        tls = parts.scheme == "mqtts"
        return cls(
            host=parts.hostname,
            port=parts.port or (8883 if tls else 1883),
            username=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            tls=tls,
        )


def aiomqtt_connector(broker: BrokerUrl, *, timeout: float = 10.0, ca_file: str | None = None) -> Connector:
    """Connects over TCP or TLS. `timeout` bounds, in seconds, each wait for the broker's answer."""

    tls = ssl.create_default_context(cafile=ca_file) if broker.tls else None

    @asynccontextmanager
    async def connect(client_id: str, will: Parting) -> AsyncGenerator[Link]:
        client = aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            identifier=client_id,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=True),
            clean_session=True,
            keepalive=KEEPALIVE_SECONDS,
            timeout=timeout,
            tls_context=tls,
            # Without it the second small packet of a millisecond waits 40 ms for the first one's TCP ACK.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        try:
            async with client:
                yield _AiomqttLink(client)
        except aiomqtt.MqttError as error:
            raise LinkDown(str(error)) from error

    return connect


class _AiomqttLink:
    __slots__ = ("_client",)

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> None:
        try:
            granted = await self._client.subscribe(list(filters))
        except (aiomqtt.MqttError, ValueError) as error:
            raise LinkDown(f"subscription: {error}") from error
        if refused := [f for (f, _), code in zip(filters, granted, strict=True) if int(_number(code)) >= 128]:
            raise LinkDown(f"the broker refused the subscription to {', '.join(refused)}")

    async def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1], retain: bool) -> None:
        try:
            await self._client.publish(topic, payload, qos=qos, retain=retain)
        except (aiomqtt.MqttError, RuntimeError) as error:
            raise LinkDown(str(error)) from error

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        try:
            async for message in self._client.messages:
                yield message.topic.value, message.payload
        except aiomqtt.MqttError as error:
            raise LinkDown(str(error)) from error


def _number(code: object) -> int:
    return code if isinstance(code, int) else int(getattr(code, "value", 128))
