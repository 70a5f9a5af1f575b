"""A copy of a receiver, and a receiver that was put back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hub.log.lock import InUse, Lock
from hub.receiver.backup import LOCK, CannotCopy, back_up, restore
from hub.receiver.open import open_store
from hub.receiver.settings import ReceiverSettings
from tests.receiver.halls import AT, DAY, Hall
from tests.receiver.running import open_epoch, receiver, send, until


def settings(folder: Path, name: str = "receiver") -> ReceiverSettings:
    return ReceiverSettings(url=f"sqlite:///{folder}/{name}.db", files=folder / "files")


async def test_a_receiver_that_was_put_back_is_filled_again_and_its_inbox_goes_back(tmp_path: Path) -> None:
    made = settings(tmp_path)
    hall = Hall()
    hall.write(f"slots/{DAY}", "slots-leased", lease="l", slot="0900", codes=["u1"], expires=AT * 2)
    hall.tickets(20)
    async with receiver(tmp_path, made.url) as (desk, client):
        await open_epoch(client, hall)
        await send(client, hall, 0)
        await until(lambda: desk.store.standing(hall.name).viewed == 21)  # type: ignore[union-attr]
        desk.store.say(hall.name, "01" * 16, "test", b"{}", AT)
        desk.files.put([b"text"], limit=100)
        copied = back_up(made, tmp_path / "copy")
        assert (copied.entries, copied.files) == (21, 1)
        hall.tickets(9)
        await send(client, hall, 21)
        desk.store.say(hall.name, "02" * 16, "test", b"{}", AT)
        taken = desk.store.inbox(hall.name, 1, 1)[0]
    restore(made, tmp_path / "copy", force=True)
    async with receiver(tmp_path, made.url) as (desk, client):
        assert (await send(client, hall, 30)).json()["committed"] == 21
        assert (await send(client, hall, 21)).json()["committed"] == 30
        assert desk.store.read(hall.name, 0, 100) == hall.events()
        answer = await client.get(
            f"/sync/v1/halls/{hall.name}/inbox", params={"after": taken.n, "hash": taken.hash, "wait": 5}
        )
        assert (answer.json()["code"], answer.json()["inbox"]) == ("inbox-behind", 1)
        assert desk.store.say(hall.name, "03" * 16, "test", b"{}", AT).n == 2
        assert desk.store.sold(hall.name, ["u1"]) == {"u1"}
        assert desk.files.has(hashlib.sha256(b"text").hexdigest())


def test_a_running_receiver_or_one_with_data_is_not_replaced(tmp_path: Path) -> None:
    made = settings(tmp_path)
    open_store(made.url).close()
    back_up(made, tmp_path / "copy")
    with pytest.raises(CannotCopy, match="--force-over"):
        restore(made, tmp_path / "copy", force=False)
    lock = Lock(made.files / LOCK)
    with pytest.raises(InUse):
        restore(made, tmp_path / "copy", force=True)
    lock.close()
    with pytest.raises(CannotCopy, match="is not empty"):
        back_up(made, tmp_path / "copy")
    with pytest.raises(CannotCopy, match="pg_dump"):
        back_up(ReceiverSettings(url="postgresql:///x"), tmp_path / "other")
    with pytest.raises(CannotCopy, match="no backup"):
        restore(made, tmp_path / "nothing", force=True)


def test_a_copy_whose_chain_is_broken_is_no_copy(tmp_path: Path) -> None:
    import sqlite3

    from hub.sync.protocol import Opening

    made, hall = settings(tmp_path), Hall()
    hall.tickets(5)
    store = open_store(made.url)
    store.open_epoch(hall.name, hall.epoch, Opening(0, hall.hash(0)), AT)
    store.append(hall.name, hall.epoch, 1, hall.events(), AT, 0)
    store.close()
    broken = sqlite3.connect(tmp_path / "receiver.db")
    broken.execute("DROP TRIGGER entry_update")
    broken.execute("UPDATE entry SET actor = 'x' WHERE position = 3")
    broken.commit()
    broken.close()
    with pytest.raises(CannotCopy):
        back_up(made, tmp_path / "copy")
