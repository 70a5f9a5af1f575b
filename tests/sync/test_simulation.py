"""Whatever the line does: the receiver's log becomes the hub's, and each message is answered once."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.sync.protocol import Credit
from tests.sync.simulation import FATES, Fate, World

FEW = st.integers(0, 6)
FATE = st.sampled_from(FATES)


class Line(RuleBasedStateMachine):
    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.world = World(seed)

    @rule(count=st.integers(1, 8))
    def write(self, count: int) -> None:
        self.world.write(count)

    @rule()
    def post(self) -> None:
        self.world.post()

    @rule(fate=FATE)
    def up(self, fate: Fate) -> None:
        self.world.up(fate)

    @rule(fate=FATE, killed=st.booleans())
    def down(self, fate: Fate, killed: bool) -> None:
        self.world.down(fate, killed=killed)

    @rule()
    def kill(self) -> None:
        self.world.start()

    @rule(entries=FEW, messages=FEW)
    def city_put_back(self, entries: int, messages: int) -> None:
        self.world.city_put_back(entries, messages)

    @rule(entries=FEW)
    def hub_restored(self, entries: int) -> None:
        self.world.hub_restored(entries)

    @rule(entries=st.integers(0, 5), bytes=st.integers(0, 3000), after=st.integers(0, 2000))
    def grant(self, entries: int, bytes: int, after: int) -> None:
        self.world.grant(Credit(entries, bytes, after))

    @rule(ms=st.sampled_from((1, 400, 5000, 60_000, 3_600_000)))
    def pass_time(self, ms: int) -> None:
        self.world.pass_time(ms)

    @rule(ms=st.sampled_from((-172_800_000, 172_800_000)))
    def step_clock(self, ms: int) -> None:
        self.world.step_clock(ms)

    @invariant()
    def chain(self) -> None:
        if hasattr(self, "world"):
            self.world.never_forked()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle()
            self.world.check()
            self.world.close()


TestLine = Line.TestCase
TestLine.settings = settings(max_examples=15, stateful_step_count=30, deadline=None, derandomize=True)
