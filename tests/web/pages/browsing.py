"""A browser without its window: signed in to the demo's pages over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.browser.hall import Demo
from tests.web.running import PASSWORD


@asynccontextmanager
async def signed_in(demo: Demo, name: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=demo.url, trust_env=False, headers={"Origin": demo.url, "Accept": "text/html"}
    ) as browser:
        answer = await browser.post("/api/v1/session", json={"name": name, "password": PASSWORD})
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield browser
