from pathlib import Path

import pytest

from devices.kinds import KINDS, kind_named
from devices.wire.vocabulary import COMMANDS, DESIRED, EVENTS


@pytest.mark.parametrize("name", KINDS)
def test_every_line_of_the_table_is_a_file_that_knows_its_own_name(name):
    kind = kind_named(name)
    assert kind.name == name
    assert kind.options() is not None
    assert kind.description().contract == 1


def test_every_file_has_a_line_in_the_table():
    files = {path.stem for path in Path(__file__).parents[3].joinpath("devices", "kinds").glob("*.py")} - {"__init__"}
    assert files == set(KINDS)


def test_every_kind_has_words_in_the_contract():
    spoken = {kind for kind, _ in [*EVENTS, *COMMANDS]} | set(DESIRED)
    assert set(KINDS) <= spoken
