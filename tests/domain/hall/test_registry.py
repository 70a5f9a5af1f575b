from hub.domain.hall.registry import Registry, scopes
from tests.domain.hall.halls import DEFAULT, WARSAW


def test_a_device_is_known_by_its_id_and_kind():
    registry = Registry(DEFAULT)
    assert registry.knows("call_button", "button-112")
    assert not registry.knows("rating_pad", "button-112")
    assert not registry.knows("call_button", "button-999")
    assert registry.window_of("button-112") == "112"
    assert registry.window_of("kiosk-5") is None
    assert registry.floor_of("kiosk-5") == 2
    assert registry.at_window("112", "rating_pad") == ("pad-112",)
    assert registry.at_window("112", "scanner") == ()
    assert len(registry.of_kind("kiosk")) == 6


def test_a_ticket_is_printed_at_the_asking_kiosk():
    assert Registry(DEFAULT).printer_of("kiosk-5") == "printer-5"
    assert Registry(WARSAW).printer_of("biletomat") == "drukarka"
    assert Registry(WARSAW).printer_of("kiosk-5") is None
    printer = Registry(WARSAW).device("drukarka")
    assert printer is not None
    assert printer.options == {"host": "10.0.0.9", "port": 9100}


def test_scopes_are_the_hall_and_the_floors_and_zones_with_windows():
    found = {scope.name: scope for scope in scopes(DEFAULT)}
    assert len(found["hall"].windows) == 58
    assert [name for name in found if name.startswith("floor/")] == ["floor/1", "floor/2", "floor/3"]
    assert found["zone/new-enterprises"].windows == ("101", "102", "103", "104", "105")
    assert "zone/24h" not in found
