from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from hub.ops.logging import clean, set_up


@pytest.fixture(autouse=True)
def root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_a_line_is_one_object_with_its_facts() -> None:
    out = io.StringIO()
    set_up(out)
    logging.getLogger("hub.test").warning("device %s", "k1", extra={"facts": {"seq": 4, "device": "k1"}})
    line = json.loads(out.getvalue())
    assert (line["level"], line["logger"], line["message"]) == ("warning", "hub.test", "device k1")
    assert (line["seq"], line["device"]) == (4, "k1")


def test_no_phone_and_no_token_gets_into_a_line() -> None:
    out = io.StringIO()
    set_up(out)
    try:
        raise ValueError("13812345678")
    except ValueError:
        logging.getLogger("hub.test").exception("call 138 1234 5678", extra={"facts": {"text": "+8613812345678"}})
    logging.getLogger("hub.test").info("hall_cY8aa8sTJdo8wHdhOYJWbzQKpGs7dFkSTfudfR31zPg")
    assert "1234" not in out.getvalue()
    assert "cY8aa8" not in out.getvalue()


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T03:44:02.085Z", "0f2e" * 8, "127.0.0.1:34709", "A012"])
def test_what_is_no_phone_stays(text: str) -> None:
    assert clean(text) == text
