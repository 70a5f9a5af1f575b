"""Templates to answers: one environment for all pages, escaped by default, and live snapshots of their parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.views import times
from hub.web.assets import Assets
from hub.web.site import Site

TEMPLATES = Path(__file__).parents[1] / "templates"


class Renderer:
    """Fills templates. Every one knows ``asset``, ``assets`` and ``span`` beside what it is given."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )

    def part(self, template: str, **values: object) -> str:
        """The HTML of one part of a page."""
        return self._templates.get_template(template).render(
            asset=self.assets.url, assets=self.assets, span=span, **values
        )


def frame(here: Site) -> dict[str, object]:
    """What every page and part is told: hub time, time zone, the hall."""
    hub = here.hub
    profile = hub.profile()
    timezone = profile.hall.timezone
    now = hub.now()
    return {
        "now": now,
        "tz": timezone,
        "hall": profile.hall,
        "today": hub.today,
        "time": times.clock(now, timezone),
        "clock": lambda at: times.clock(cast("int", at), timezone),  # pyright: ignore[reportUnknownLambdaType]
        "lasted": lambda since: times.lasted(now - cast("int", since)),  # pyright: ignore[reportUnknownLambdaType]
        "size": times.size,
        "moment": lambda at: times.moment(cast("int", at), timezone),  # pyright: ignore[reportUnknownLambdaType]
    }


def snapshot(at: int, parts: Mapping[str, str], data: object = None) -> bytes:
    """A live snapshot's payload: ``{"at": ms, "parts": {name: HTML}, "data": …}``."""
    return msgspec.json.encode({"at": at, "parts": parts, "data": data})


def span(wait: tuple[int, int] | None) -> str:
    """A range of minutes as people read it: ``12–21``; ``0`` when there is no wait."""
    if wait is None:
        return "–"
    low, high = wait
    return str(high) if low == high else f"{low}–{high}"
