"""What a hall and its city survive, each by its name; ``tests.sync.test_checker`` mixes all of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from benchmarks.clusters import Cluster
from hub.compose import Running, running
from hub.core.epoch import epoch_path, load_epoch
from hub.domain.clock.commands import ReportClockStep
from hub.ops.backup import back_up
from hub.ops.restore import restore
from hub.receiver.open import open_store
from hub.receiver.sql import SqlStore
from hub.sync.certificates import certificate_of, certificate_said
from hub.sync.line import HttpLine, Tls
from hub.sync.port import Answer, Ask, LinkDown
from hub.sync.renewal import Renewal
from tests.receiver.conftest import postgres  # noqa: F401 (a fixture)
from tests.sync.checked.promises import always, at_rest
from tests.sync.checked.schedules import morning
from tests.sync.checked.world import DAY_MS, HALL, ODD, World
from tests.sync.city import NOW, begun, served
from tests.sync.parties import HALL as CERTIFIED
from tests.sync.test_composed import settings_of
from tests.sync.test_feed_process import until
from tests.sync.test_with_receiver import HALL as NAMED
from tests.sync.test_with_receiver import receiver


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world() -> Iterator[World]:
    """A morning's work that the city has heard of."""
    made = World(7)
    morning(made)
    yield made
    made.close()


def rested(world: World) -> None:
    world.settle()
    at_rest(world)


def there(world: World) -> list[bytes]:
    return [event.chainhash for event in world.desk.store.read(HALL, 0, 1_000_000)]


def test_a_receiver_that_was_put_back_to_an_older_copy_is_sent_what_it_lost(world: World) -> None:
    world.wish()
    rested(world)
    world.copy_city()
    world.work(20)
    for _ in range(3):
        world.wish()
    rested(world)
    world.city_put_back()
    world.wish()
    rested(world)
    assert world.persons == 0


def test_a_receiver_on_postgresql_that_was_put_back_to_an_older_copy_is_sent_what_it_lost(
    world: World,
    postgres: Cluster,  # noqa: F811
) -> None:
    url = postgres.database()
    name = url.split("///")[1].split("?")[0]
    world.desk.store = open_store(url)
    rested(world)
    world.desk.store.close()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}_older TEMPLATE {name}".encode())
    world.desk.store = open_store(url)
    world.work(20)
    world.wish()
    rested(world)
    world.desk.store.close()
    world.desk.store = open_store(postgres.url(f"{name}_older"))
    world.acknowledged = ("", 0)
    world.wish()
    rested(world)
    world.desk.store.close()
    world.desk.store = SqlStore(world.disk)
    assert world.persons == 0


def test_older_files_under_a_running_epoch_stop_the_line_and_overwrite_nothing(world: World) -> None:
    world.back_up()
    world.work(20)
    rested(world)
    before = there(world)
    world.hub_put_back()
    world.work(20)
    for _ in range(40):
        world.up()
        always(world)
    assert world.feed.standing().phase == "forked"
    assert there(world) == before
    rested(world)
    assert world.persons == 1
    left = world.desk.store.read_left(HALL, "e" * 16, 0, 1_000_000)
    assert [event.chainhash for event in left] == before


@pytest.mark.parametrize("odd", ODD)
def test_an_answer_that_makes_no_sense_is_not_believed(world: World, odd: bytes) -> None:
    rested(world)
    world.work(5)
    committed, head = world.feed.committed, world.log.head()
    for _ in range(10):
        world.clock.advance(60_000)
        due = world.feed.ask()
        if isinstance(due, Ask):
            world.feed.heard(Answer(200, odd))
        asked = world.inbox.inbox.ask()
        if isinstance(asked, Ask):
            assert world.inbox.inbox.heard(Answer(200, odd)) is None
    assert (world.feed.committed, world.log.head()) == (committed, head)
    assert world.feed.standing().phase in ("dark", "forked")
    rested(world)


@pytest.mark.parametrize("by_ms", [-2 * DAY_MS, 2 * DAY_MS])
def test_a_clock_two_days_off_changes_no_order(world: World, by_ms: int) -> None:
    world.step_clock(by_ms)
    for _ in range(5):
        world.work(4)
        world.wish()
        world.up()
        world.down()
    rested(world)


@pytest.mark.parametrize("of_the_hub", [True, False])
def test_a_disk_that_fills_loses_and_doubles_nothing(world: World, of_the_hub: bool) -> None:
    rested(world)
    fill = world.fill_hub if of_the_hub else world.disk.fill
    fill(True)
    for _ in range(12):
        world.work(10)
        world.wish()
        world.up()
        world.down()
        world.project()
        always(world)
    fill(False)
    rested(world)


def test_nine_dark_days_arrive_once_and_in_order(world: World) -> None:
    world.way = {"up": False, "down": False}
    for _ in range(9):
        world.work(20)
        world.wish()
        world.pass_time(DAY_MS)
        world.look_at_clock()
        world.up()
        world.down()
    world.way = {"up": True, "down": True}
    rested(world)


async def test_a_hub_restored_from_an_older_backup_begins_an_epoch_and_nothing_forks(tmp_path: Path) -> None:
    async with receiver(tmp_path, snapshots=False) as (desk, url):
        settings = settings_of(tmp_path, url)

        def equal(hall: Running) -> bool:
            found = desk.store.standing(NAMED)
            return found is not None and (found.committed, found.hash) == (hall.hub.head(), hall.hub.log.head().hash)

        async with running(settings) as hall:
            await asyncio.to_thread(back_up, settings, tmp_path / "backup")
            assert (await hall.hub.submit(ReportClockStep(hall.hub.now(), 400_000), actor="hub")).ok
            await until(lambda: equal(hall))
        before = load_epoch(epoch_path(tmp_path / "hall.db"))
        old = desk.store.read(NAMED, 0, 1_000_000)
        restore(settings, tmp_path / "backup", over=True)
        async with running(settings) as hall:
            await until(lambda: equal(hall))
        assert desk.store.read_left(NAMED, before.id, 0, 1_000_000) == old
        standing = desk.store.standing(NAMED)
        assert standing is not None
        assert (standing.epoch != before.id, standing.left > 0) == (True, True)


async def test_a_certificate_that_ran_out_in_an_outage_is_told_and_a_new_one_opens_the_line_again(
    tmp_path: Path,
) -> None:
    city = begun(tmp_path)
    asked = Ask("POST", f"/sync/v1/halls/{CERTIFIED}/e1/entries", body=b"[]", seconds=5)
    async with served(city) as base:
        line = HttpLine(base, Tls(city.ca, city.pair), city.parties.line())
        assert (await line.call(asked)).status == 200
        await line.close()
    city.pair.unlink()
    city.authority.issue(CERTIFIED, NOW - timedelta(days=500)).rename(city.pair)
    async with served(city) as base:
        line._url = base
        with pytest.raises(LinkDown) as down:
            await line.call(asked)
        assert down.value.code in ("certificate", "tls", "broken-off", "unreachable")
        said = certificate_said(certificate_of(city.pair.read_bytes()), NOW)
        assert said is not None
        renewal = Renewal(city.pair)
        renewal.finish(CERTIFIED, city.authority.sign(renewal.request(CERTIFIED), NOW).read_bytes())
        assert (await line.call(asked)).status == 200
        await line.close()
