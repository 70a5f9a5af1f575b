"""Stored files through kills of the hub, backups and restores."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from hub.materials.store import Store
from hub.ops.backup import Manifest
from tests.ops.processes import HubProcess, hub_process

CONTENT = b"%PDF-1.7\n" + os.urandom(4 * 1024 * 1024) + b"\n%%EOF\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Client:
    """One connection a request, as a browser after a restart."""

    def __init__(self, hub: HubProcess, token: str) -> None:
        self._hub = hub
        self.headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(self._hub.web).netloc, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**self.headers, **named})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def begin(self, length: int) -> str:
        answer = self.ask("POST", "/api/v1/uploads", Upload_Length=str(length))
        assert answer.status == 201
        return str(answer.headers["Location"])

    def offset(self, place: str) -> int:
        return int(str(self.ask("HEAD", place).headers["Upload-Offset"]))

    def send(self, place: str, content: bytes, offset: int) -> http.client.HTTPResponse:
        kind = "application/offset+octet-stream"
        return self.ask("PATCH", place, content, Content_Type=kind, Upload_Offset=str(offset))

    def store(self, content: bytes) -> None:
        assert self.send(self.begin(len(content)), content, 0).status == 204

    def send_half(self, place: str, content: bytes, half: int) -> socket.socket:
        """A connection in the middle of its chunk."""
        parts = urlsplit(self._hub.web)
        left = socket.create_connection((parts.hostname, parts.port))
        head = {**self.headers, "Host": parts.netloc, "Upload-Offset": "0", "Content-Length": str(len(content))}
        head["Content-Type"] = "application/offset+octet-stream"
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        left.sendall(f"PATCH {place} HTTP/1.1\r\n{lines}\r\n".encode() + content[:half])
        return left


def pdf(number: int) -> bytes:
    return b"%%PDF-1.7\n%d\n%%%%EOF\n" % number


def test_an_upload_broken_off_by_a_killed_hub_goes_on_where_it_stood(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        client = Client(hub, hub.token("clerk"))
        place = client.begin(len(CONTENT))
        with client.send_half(place, CONTENT, 3 * 1024 * 1024):
            hub.until(lambda: client.offset(place) >= 2 * 1024 * 1024)
            hub.kill()
        hub.start()
        stands = client.offset(place)
        assert 2 * 1024 * 1024 <= stands <= 3 * 1024 * 1024
        answer = client.send(place, CONTENT[stands:], stands)
        assert (answer.status, answer.headers["Material-Sha256"]) == (204, SHA256)
        hub.kill()
        hub.start()
        assert client.ask("HEAD", place).headers["Material-Sha256"] == SHA256
    assert Store(hub.log.with_name("hall.files")).verify(SHA256) == len(CONTENT)


def test_a_backup_holds_the_stored_files_and_a_restore_brings_them_back(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        client = Client(hub, hub.token("clerk"))
        for number in range(5):
            client.store(pdf(number))
        client.begin(100)
        hub.run("backup", str(tmp_path / "1"))
        client.store(pdf(99))
        hub.run("backup", str(tmp_path / "2"))
    first, second = Store(tmp_path / "1" / "files"), Store(tmp_path / "2" / "files")
    assert len(list(first.all())) == 5
    assert len(list(second.all())) == 6
    for sha256 in first.all():  # the second night holds the same file once more without its bytes
        assert first.place(sha256).samefile(second.place(sha256))
    with hub_process(tmp_path / "two") as other:
        other.run("restore", str(tmp_path / "2"))
        restored = Store(other.log.with_name("hall.files"))
        assert list(restored.all()) == list(second.all())
        for sha256 in restored.all():
            restored.verify(sha256)
        assert not restored.place(sha256).samefile(second.place(sha256))
        other.start()
        client = Client(other, other.token("supervisor"))
        assert client.ask("GET", f"/api/v1/files/{sha256}").status == 200


def test_a_restore_moves_the_files_of_the_old_state_aside(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        client = Client(hub, hub.token("clerk"))
        client.store(pdf(1))
        hub.run("backup", str(tmp_path / "backup"))
        client.store(pdf(2))
        hub.stop()
        hub.run("restore", "--force-over", str(tmp_path / "backup"))
        (aside,) = hub.log.parent.glob("hall.replaced-*")
        assert len(list(Store(aside / "hall.files").all())) == 2
        assert len(list(Store(hub.log.with_name("hall.files")).all())) == 1


def test_a_damaged_file_is_named_by_the_backup_and_mended_from_an_earlier_one(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        client = Client(hub, hub.token("clerk"))
        client.store(pdf(1))
        store = Store(hub.log.with_name("hall.files"))
        (sha256,) = store.all()
        hub.run("backup", str(tmp_path / "nights" / "1"), check=None)
        store.place(sha256).write_bytes(b"damaged")
        alone = hub.run("backup", str(tmp_path / "alone"), check=65)
        assert sha256 in alone.stdout
        made = msgspec.json.decode((tmp_path / "alone" / "manifest.json").read_bytes(), type=Manifest)
        assert made.damaged == (sha256,)
        hub.run("backup", str(tmp_path / "nights" / "2"))
        assert Store(tmp_path / "nights" / "2" / "files").verify(sha256) == len(pdf(1))


def test_a_backup_whose_file_was_changed_is_not_restored(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        Client(hub, hub.token("clerk")).store(pdf(1))
        hub.run("backup", str(tmp_path / "backup"))
        store = Store(tmp_path / "backup" / "files")
        (sha256,) = store.all()
        store.place(sha256).write_bytes(b"changed")
    with hub_process(tmp_path / "two") as other:
        assert sha256[2:] in other.run("restore", str(tmp_path / "backup"), check=65).stderr


def test_an_older_backup_without_files_still_restores(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        hub.run("backup", str(tmp_path / "backup"))
        shutil.rmtree(tmp_path / "backup" / "files", ignore_errors=True)
        manifest = tmp_path / "backup" / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"format": 2', '"format": 1'))
    with hub_process(tmp_path / "two") as other:
        other.run("restore", str(tmp_path / "backup"))
        other.start()
