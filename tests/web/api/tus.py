"""A client of ``/api/v1/uploads``."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

import httpx

VERSION = {"Tus-Resumable": "1.0.0"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass
class Tus:
    http: httpx.AsyncClient

    async def create(self, length: int, name: str = "申请表.pdf", **metadata: str) -> httpx.Response:
        given = ",".join(f"{key} {encoded(value)}" for key, value in {"filename": name, **metadata}.items())
        headers = {**VERSION, "Upload-Length": str(length), "Upload-Metadata": given}
        return await self.http.post("/api/v1/uploads", headers=headers)

    async def begin(self, length: int, name: str = "申请表.pdf", **metadata: str) -> str:
        answer = await self.create(length, name, **metadata)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def send(self, place: str, content: bytes, offset: int, **headers: str) -> httpx.Response:
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return await self.http.patch(place, content=content, headers={**VERSION, **kind, **headers})

    async def offset(self, place: str) -> int:
        answer = await self.http.head(place, headers=VERSION)
        assert answer.status_code == 200, answer
        return int(answer.headers["upload-offset"])

    async def upload(self, content: bytes, name: str = "申请表.pdf", **metadata: str) -> httpx.Response:
        return await self.send(await self.begin(len(content), name, **metadata), content, 0)

    async def stored(self, content: bytes, name: str = "申请表.pdf") -> str:
        """Its SHA-256."""
        answer = await self.upload(content, name)
        assert answer.status_code == 204, answer.text
        return answer.headers["material-sha256"]


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"
