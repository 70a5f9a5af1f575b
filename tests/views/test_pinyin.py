"""Readings by whole words, from a process that leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hub.views import pinyin
from hub.views.pinyin import PinyinUnreadable, readings


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("重庆", "chong qing"),
        ("重复", "chong fu"),
        ("重度残疾人", "zhong du can ji ren"),
        ("行政许可", "xing zheng xu ke"),
        ("银行", "yin hang"),
        ("旅行社", "lv xing she"),
        ("校长", "xiao zhang"),
        ("长期", "chang qi"),
        ("校验", "jiao yan"),
        ("会计代理记账", "kuai ji dai li ji zhang"),
        ("社会调查", "she hui diao cha"),
        ("人民调解", "ren min tiao jie"),
        ("调档", "diao dang"),
        ("种植", "zhong zhi"),
    ],
)
def test_a_character_of_several_readings_is_read_by_its_word(text: str, read: str) -> None:
    assert readings([text])[text] == tuple(read.split())


def test_letters_and_digits_are_themselves_and_marks_are_left_out() -> None:
    assert readings(["X光（24小时）"])["X光（24小时）"] == ("x", "guang", "2", "4", "xiao", "shi")


def test_nothing_is_started_for_nothing_to_read() -> None:
    assert readings([]) == {}


def test_a_hub_does_not_hold_the_dictionary() -> None:
    code = "import sys, hub.web.app; print(any(name.startswith('pypinyin') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"


def test_a_process_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinyin.sys, "executable", "/bin/false")
    with pytest.raises(PinyinUnreadable):
        readings(["个体"])
