"""Whatever socket, disk and clock do on either side, hall and city keep their promises (``tests.sync.checked``)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import hypothesis.strategies as some
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.sync.checked.promises import always, at_rest
from tests.sync.checked.schedules import check, do
from tests.sync.checked.world import DAY_MS, FATES, World

FATE = some.sampled_from(FATES)
WHEN = some.sampled_from(("before", "after"))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of faults are no news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class HallAndCity(RuleBasedStateMachine):
    """Rules are what may happen; the names of steps are those of ``schedules.do``."""

    world: World | None = None

    @initialize(seed=some.integers(0, 2**32), snapshots=some.booleans(), begun=some.booleans())
    def begin(self, seed: int, snapshots: bool, begun: bool) -> None:
        self.world = World(seed, snapshots=snapshots)
        if begun:
            self._do("morning")

    def _do(self, name: str, *said: object) -> None:
        assert self.world is not None
        do(self.world, (name, said))

    @rule(times=some.integers(1, 12))
    def the_hall_works(self, times: int) -> None:
        self._do("work", times)

    @rule(kind=some.sampled_from(("new", "again", "other")))
    def a_citizen_wishes(self, kind: str) -> None:
        self._do("wish", kind)

    @rule()
    def the_city_sells(self) -> None:
        self._do("sell")

    @rule()
    def the_city_folds(self) -> None:
        self._do("project")

    @rule(fate=FATE)
    def up(self, fate: str) -> None:
        self._do("up", fate)

    @rule(fate=FATE)
    def down(self, fate: str) -> None:
        self._do("down", fate)

    @rule()
    def an_old_request_arrives(self) -> None:
        self._do("deliver_late")

    @rule(way=some.sampled_from(("up", "down")))
    def one_way_is_lost_or_found(self, way: str) -> None:
        self._do("cut_way", way)

    @rule(times=some.integers(2, 6))
    def the_line_flaps(self, times: int) -> None:
        self._do("flap", times)

    @rule()
    def nine_days_dark(self) -> None:
        self._do("nine_days_dark")

    @rule(hub=some.booleans())
    def killed(self, hub: bool) -> None:
        self._do("kill_hub" if hub else "kill_city")

    @rule(hub=some.booleans(), when=WHEN, commits=some.integers(1, 4))
    def the_power_will_go(self, hub: bool, when: str, commits: int) -> None:
        self._do("cut_hub_power" if hub else "cut_city_power", when, commits)

    @rule(hub=some.booleans(), full=some.booleans())
    def a_disk_is_full_or_has_room(self, hub: bool, full: bool) -> None:
        self._do("fill_hub" if hub else "fill_city", full)

    @rule(hub=some.booleans())
    def copied(self, hub: bool) -> None:
        self._do("back_up" if hub else "copy_city")

    @rule()
    def the_city_is_put_back(self) -> None:
        self._do("city_put_back")

    @rule()
    def the_hub_is_restored(self) -> None:
        self._do("hub_restored")

    @rule()
    def the_hubs_files_are_put_back_by_hand(self) -> None:
        self._do("hub_put_back")

    @rule()
    def older_files_are_put_under_a_city_that_knows_more(self) -> None:
        self._do("old_files")

    @rule(ms=some.sampled_from((1, 400, 5000, 60_000, 3_600_000, DAY_MS)))
    def time_passes(self, ms: int) -> None:
        self._do("pass_time", ms)
        self._do("look_at_clock")

    @rule(ms=some.sampled_from((-2 * DAY_MS, 2 * DAY_MS)))
    def the_clock_is_two_days_off(self, ms: int) -> None:
        self._do("step_clock", ms)

    @rule()
    def a_person_confirms_the_clock(self) -> None:
        self._do("confirm_clock")

    @rule(which=some.sampled_from(("old", "new", "same")))
    def the_other_version(self, which: str) -> None:
        self._do("change_version", which)

    @rule(entries=some.sampled_from((1, 2, 7, 1000)))
    def the_city_grants(self, entries: int) -> None:
        self._do("grant", entries)

    @invariant()
    def promises(self) -> None:
        if self.world is not None:
            always(self.world)

    def teardown(self) -> None:
        if self.world is not None:
            self.world.settle()
            at_rest(self.world)
            self.world.close()


TestHallAndCity = HallAndCity.TestCase
TestHallAndCity.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_a_hundred_schedules_keep_every_promise() -> None:
    assert check(range(100))["schedules"] == 100


@pytest.mark.soak
def test_ten_thousand_schedules_keep_every_promise() -> None:
    seen = check(range(1_000_000, 1_010_000))
    assert seen["schedules"] == 10_000
    # it was no walk in the park
    assert seen["cuts"] > 1000
    assert seen["city_put_back"] > 1000
    assert seen["hub_restored"] > 1000
    assert seen["hub_put_back"] > 1000
