"""Pinyin of names, read by a short-lived process of its own.

The dictionary of phrases that tells 重庆 from 重复 takes some 57 MB and a fifth of a second; a hub keeps neither, since
readings are wanted once a profile. Run as a program this file reads a JSON list of texts and writes their syllables.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping

Syllables = tuple[str, ...]
"""In their order, in small letters without tones (``v`` for ü); each letter or digit of other scripts is one."""

SECONDS = 30.0

_HALL_WORDS = {"调档": "diao dang", "调动": "diao dong"}
"""Words of halls that the dictionary reads otherwise."""


class PinyinUnreadable(Exception):
    """The process did not answer as it must; names are then found by their characters only."""


def readings(texts: Iterable[str]) -> Mapping[str, Syllables]:
    """Each text's syllables. Blocks for about half a second. Raises ``PinyinUnreadable``."""
    asked = sorted(set(texts))
    if not asked:
        return {}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-I", __file__],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        read: list[list[str]] = json.loads(done.stdout)
        return {text: tuple(syllables) for text, syllables in zip(asked, read, strict=True)}
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise PinyinUnreadable(str(error)) from error


def _read(texts: list[str]) -> list[list[str]]:
    from pypinyin import lazy_pinyin, load_phrases_dict

    load_phrases_dict({word: [[each] for each in said.split()] for word, said in _HALL_WORDS.items()})
    # its hints know strings only, its documentation lists too
    return [lazy_pinyin(text, errors=_others) for text in texts]  # pyright: ignore[reportArgumentType]


def _others(run: str) -> list[str]:
    return [character for character in run.lower() if character.isalnum()]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_read(json.load(sys.stdin))))
