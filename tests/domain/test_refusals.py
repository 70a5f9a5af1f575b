from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import hub.domain.cases
import hub.domain.queue
import hub.domain.slots
from hub.domain.cases.sentences import SENTENCES as OF_CASES
from hub.domain.refusals import SENTENCES, sentence
from hub.domain.slots.sentences import SENTENCES as OF_SLOTS


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_refusal_reads_in_both_languages() -> None:
    said = sentence("wrong-state", {"number": "A012", "state": "missed"})
    assert said.zh == "号码 A012 现在是“过号”，不能这样操作。"
    assert said.en == "Number A012 is missed now; this cannot be done."


def test_an_unknown_code_or_a_missing_fact_still_reads() -> None:
    assert sentence("no-such-code", {}).en == "The request was refused."
    assert sentence("unknown-window", {}).zh == "没有窗口 …。"
    assert sentence("wrong-state", {"number": "A001", "state": "strange"}).zh.count("strange") == 1


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_say_what_was_wrong(code: str) -> None:
    assert SENTENCES[code].zh
    assert SENTENCES[code].en
    assert _facts(SENTENCES[code].zh) == _facts(SENTENCES[code].en)


def test_every_refusal_of_the_queue_has_a_sentence() -> None:
    rules = Path(hub.domain.queue.__path__[0])
    codes = {
        code for file in rules.glob("*.py") for code in re.findall(r'Refused\("([a-z-]+)"', file.read_text("utf-8"))
    }
    assert len(codes) > 20
    assert codes <= set(SENTENCES)


def test_every_refusal_of_cases_has_a_sentence_and_every_sentence_a_refusal() -> None:
    rules = Path(hub.domain.cases.__path__[0])
    codes = {
        code for file in rules.glob("*.py") for code in re.findall(r'Refused\(\s*"([a-z-]+)"', file.read_text("utf-8"))
    }
    assert codes <= set(SENTENCES)
    assert set(OF_CASES) <= codes


def test_every_refusal_of_appointments_has_a_sentence_and_every_sentence_a_refusal() -> None:
    rules = Path(hub.domain.slots.__path__[0])
    files = [*rules.glob("*.py"), rules.parents[1] / "core" / "appointments.py"]
    files += [*(rules.parents[1] / "web" / "pages").glob("appointments.py")]
    codes = {code for file in files for code in re.findall(r'Refused\(\s*"([a-z-]+)"', file.read_text("utf-8"))}
    assert codes <= set(SENTENCES)
    assert set(OF_SLOTS) <= codes
