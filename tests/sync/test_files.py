"""Files over the line: they go on where they broke off, and are what their name says."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hub.materials.store import Store
from hub.sync import files as lane
from hub.sync.files import FileFailed, Files, fetch_wanted, named_in
from hub.sync.port import Answer, Ask, LinkDown
from hub.sync.protocol import ROOT, StoredFile

BODY = b"%PDF-1.7\n" + bytes(range(256)) * 41 + b"\n%%EOF\n"
NAME = hashlib.sha256(BODY).hexdigest()
PATH = f"{ROOT}/halls/h/files"


class City:
    """Files by tus and ranges in memory; ``fails`` spoils one request."""

    def __init__(self) -> None:
        self.whole: dict[str, bytes] = {}
        self.part = b""
        self.promised = ""
        self.uploads = 0
        self.fails: Callable[[Ask], bool] = lambda ask: False

    async def call(self, ask: Ask) -> Answer:
        if self.fails(ask):
            raise LinkDown("broken-off")
        match ask.method:
            case "POST":
                told = dict(pair.split(" ") for pair in ask.headers["Upload-Metadata"].split(","))
                self.promised = base64.b64decode(told["sha256"]).decode()
                if self.promised in self.whole:
                    body = msgspec.json.encode(StoredFile(self.promised, len(self.whole[self.promised])))
                    return Answer(200, body)
                self.part, self.uploads = b"", self.uploads + 1
                return Answer(201, headers={"Location": f"{PATH}/{self.uploads:032x}"})
            case "HEAD":
                if ask.path != f"{PATH}/{self.uploads:032x}":
                    return Answer(404)
                return Answer(200, headers={"upload-offset": str(len(self.part))})
            case "PATCH":
                assert int(ask.headers["Upload-Offset"]) == len(self.part)
                self.part += ask.body
                if hashlib.sha256(self.part).hexdigest() == self.promised:
                    self.whole[self.promised] = self.part
                return Answer(204, headers={"Upload-Offset": str(len(self.part))})
            case _:
                return self._range(ask)

    def _range(self, ask: Ask) -> Answer:
        found = self.whole.get(ask.path.rpartition("/")[2])
        if found is None:
            return Answer(404, b'{"code":"unknown-file"}')
        begin, end = (int(each) for each in ask.headers["Range"].removeprefix("bytes=").split("-"))
        piece = found[begin : end + 1]
        told = f"bytes {begin}-{begin + len(piece) - 1}/{len(found)}"
        return Answer(206, piece, headers={"content-range": told})


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "PIECE", 1000)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "hall.files")
    made.open()
    return made


def files(city: City, store: Store) -> Files:
    return Files(city, "h", store, store.root.with_name("hall.fetching"))


def once_at(turn: int) -> Callable[[Ask], bool]:
    left = [turn]

    def fails(ask: Ask) -> bool:
        left[0] -= 1
        return left[0] == 0

    return fails


@pytest.mark.parametrize("turn", range(1, 12))
async def test_a_fetch_that_breaks_off_goes_on_where_it_was(store: Store, turn: int) -> None:
    city = City()
    city.whole[NAME] = BODY
    files(city, store).wanted.add(NAME)
    city.fails = once_at(turn)
    with pytest.raises(LinkDown):
        await files(city, store).fetch(NAME)
    await files(city, store).fetch(NAME)
    assert store.verify(NAME) == len(BODY)
    assert list(files(city, store).wanted.all()) == []


async def test_a_file_that_is_not_what_its_name_says_is_never_kept(store: Store) -> None:
    city = City()
    city.whole[NAME] = b"x" + BODY[1:]
    with pytest.raises(FileFailed, match="wrong-hash"):
        await files(city, store).fetch(NAME)
    assert not store.has(NAME)
    city.whole[NAME] = BODY
    await files(city, store).fetch(NAME)
    assert store.has(NAME)


@pytest.mark.parametrize(
    "odd",
    [
        Answer(206, b"abc", headers={"content-range": "bytes 7-9/10"}),
        Answer(206, b"", headers={"content-range": "bytes 0-0/10"}),
        Answer(206, b"abcdef", headers={"content-range": "bytes 0-5/3"}),
        Answer(502, b"<html>"),
    ],
)
async def test_an_odd_piece_is_not_believed(store: Store, odd: Answer) -> None:
    class Odd:
        async def call(self, ask: Ask) -> Answer:
            return odd

    with pytest.raises(FileFailed):
        await Files(Odd(), "h", store, store.root.with_name("hall.fetching")).fetch(NAME)


async def test_one_file_that_is_not_there_yet_holds_up_no_other(store: Store) -> None:
    city = City()
    city.whole[NAME] = BODY
    under = files(city, store)
    under.wanted.add("0" * 64)
    under.wanted.add(NAME)
    assert await fetch_wanted(under) == [("0" * 64, "unknown-file")]
    assert list(under.wanted.all()) == ["0" * 64]


@pytest.mark.parametrize("turn", range(1, 12))
async def test_an_upload_that_breaks_off_goes_on_where_it_was(store: Store, turn: int) -> None:
    city = City()
    store.put([BODY], limit=10**6)
    city.fails = once_at(turn)
    with pytest.raises(LinkDown):
        await files(city, store).send(NAME)
    await files(city, store).send(NAME)
    assert city.whole[NAME] == BODY
    assert city.uploads == 1
    await files(city, store).send(NAME)
    assert city.uploads == 1


async def test_an_upload_that_the_receiver_lost_is_begun_anew(store: Store) -> None:
    city = City()
    store.put([BODY], limit=10**6)
    city.fails = once_at(6)
    with pytest.raises(LinkDown):
        await files(city, store).send(NAME)
    city.uploads += 10
    await files(city, store).send(NAME)
    assert city.whole[NAME] == BODY


def test_the_files_that_a_message_names_are_found() -> None:
    data = msgspec.json.encode({"materials": [{"sha256": NAME}, {"sha256": "0" * 64}], "sha256": "no"})
    assert named_in(data) == {NAME, "0" * 64}


async def test_a_program_that_came_as_a_material_is_not_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    program = b"\x7fELF" + bytes(2000)
    name = hashlib.sha256(program).hexdigest()
    city = City()
    city.whole[name] = program
    store = Store(tmp_path / "files")
    store.open()
    files = Files(city, "h", store, tmp_path / "fetching")
    files.wanted.add(name)
    assert [code for _, code in await fetch_wanted(files)] == ["file-executable"]
    files.wanted.add(name)
    assert list(files.wanted.all()) == []
    assert not store.has(name)
