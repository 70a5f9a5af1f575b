"""The hall profile as a TOML file: what ``hallhub profile export`` writes and ``import`` reads."""

from __future__ import annotations

from importlib.resources import files
from typing import cast

from hub.core.toml_file import FileInvalid, located, parse
from hub.core.toml_shape import ShapeMismatch, plain, shape, toml
from hub.domain.hall.check import check
from hub.domain.hall.problems import Problem
from hub.domain.hall.profile import HallProfile


class ProfileFileInvalid(FileInvalid):
    """The file is no profile that may be published."""


def load(text: str) -> HallProfile:
    """The profile in a TOML text, checked by the rules too. Raises ``ProfileFileInvalid``."""
    profile = load_unchecked(text)
    refuse(text, check(profile))
    return profile


def load_unchecked(text: str) -> HallProfile:
    """The profile in a TOML text as far as it was written, for a draft. Raises ``ProfileFileInvalid``."""
    try:
        return shape(HallProfile, parse(text))
    except ShapeMismatch as mismatch:
        raise ProfileFileInvalid(located(text, mismatch.problems)) from None
    except FileInvalid as invalid:
        raise ProfileFileInvalid(invalid.problems) from None


def refuse(text: str, problems: list[Problem]) -> None:
    """Raise ``ProfileFileInvalid`` with the problems' lines in that text; do nothing when there are none."""
    if problems:
        raise ProfileFileInvalid(located(text, problems))


def dump(profile: HallProfile) -> str:
    """The profile as TOML: ``load(dump(p)) == p`` for every profile that may be published."""
    return _HEAD + toml(cast("dict[str, object]", plain(profile)))


def default_text() -> str:
    """The default profile's file, comments included: the hall, then its items."""
    shipped = files("hub.core")
    return "\n".join(shipped.joinpath(name).read_text(encoding="utf-8") for name in _DEFAULT)


def default_profile() -> HallProfile:
    """The profile that an empty log starts with."""
    return load(default_text())


_DEFAULT = ("default_profile.toml", "default_items.toml")

_HEAD = """\
# 大厅配置。每个字段的说明见 docs/profile.md。时间为当地时间；列表从 0 数起。
# The hall's profile; docs/profile.md explains every field. Times are local; lists count from 0.
"""
