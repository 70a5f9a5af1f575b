"""A hall and its receiver, with keys that know each other: what the tests of trust start from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response

from hub.sync.challenge import Challenges
from hub.sync.identity import Identity, new_identity
from hub.sync.keyring import KeyRing
from hub.sync.signed_app import SignedApp, verified_of
from hub.sync.signed_line import SignedLine
from hub.sync.signing import AnswerSigner, AnswerVerifier, Signer, Verified, Verifier

HALL = "dongcheng"
CITY = "city"


@dataclass
class Parties:
    """``halls`` is the receiver's ring, ``cities`` the hub's. ``offset``: seconds that the hub's clock is ahead."""

    folder: Path
    hall: Identity = field(default_factory=new_identity)
    city: Identity = field(default_factory=new_identity)
    offset: float = 0
    heard: list[Verified] = field(default_factory=list)
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.halls = KeyRing(self.folder / "halls.json")
        self.cities = KeyRing(self.folder / "cities.json")
        self.halls.add(HALL, self.hall.public, 0)
        self.cities.add(CITY, self.city.public, 0)
        self.restart()

    def restart(self) -> None:
        """The receiver's process ends and another begins."""
        self.verifier = Verifier(self.halls, Challenges())
        self.app = SignedApp(self._served(), self.verifier, AnswerSigner(lambda: self.city))

    def signer(self, identity: Identity | None = None) -> Signer:
        return Signer(lambda: identity or self.hall, lambda: "e1")

    def line(self, signer: Signer | None = None) -> SignedLine:
        return SignedLine(signer or self.signer(), AnswerVerifier(self.cities, self.clock), self.heard.append)

    def clock(self) -> float:
        return time.time() + self.offset

    def client(self, line: SignedLine | None = None, app: Callable[..., object] | None = None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app or self.app)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url="https://city", auth=line or self.line())

    def _served(self) -> FastAPI:
        app = FastAPI()

        @app.api_route("/sync/v1/halls/{hall}/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
        async def anything(request: Request, hall: str, rest: str) -> Response:
            self.seen.append((verified_of(request.scope).owner, request.url.query, await request.body()))
            return Response(b'{"committed": 7}', media_type="application/json")

        @app.get("/health")
        async def health() -> dict[str, bool]:
            return {"ok": True}

        return app
