from __future__ import annotations

import re
import typing

from hub.log.names import EVENTS, UNIONS


def test_the_table_names_every_event_of_every_area_once_and_nothing_else():
    declared = [event for union in UNIONS for event in typing.get_args(union) or (union,)]
    assert sorted(event.__name__ for event in EVENTS.values()) == sorted(event.__name__ for event in declared)
    assert set(EVENTS.values()) == set(declared)


def test_a_name_is_its_class_in_kebab_case_with_its_schema_number_unless_it_was_renamed():
    renamed: set[str] = set()
    for wire, event in EVENTS.items():
        name, _, schema = wire.partition("/")
        assert schema == "" or int(schema) > 1
        if name not in renamed:
            assert name == re.sub(r"(?<!^)(?=[A-Z])", "-", event.__name__).lower()
