"""What every page's route works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, caller_of
from hub.web.pages.channels import Channels
from hub.web.pages.render import Renderer, frame
from hub.web.problems import STATUS, words
from hub.web.site import Site

Papers = Callable[[str], Sequence[bytes] | None]
"""Device id to the PNGs of its latest papers, newest first; None for a device without."""


@dataclass(frozen=True, slots=True)
class Pages:
    here: Site
    renderer: Renderer
    channels: Channels
    papers: Papers | None

    def show(self, template: str, caller: Caller | None = None, *, status: int = 200, **values: object) -> HTMLResponse:
        """A whole page."""
        filled = {**frame(self.here), "caller": caller, **values}
        return HTMLResponse(self.renderer.part(template, **filled), status_code=status)

    def refused(self, refused: Refused, caller: Caller | None = None) -> HTMLResponse:
        """The page that says what was refused, in words."""
        said = words(refused.code, refused.facts)
        return self.show("refused.html", caller, status=STATUS.get(refused.code, 409), said=said)


def pages(connection: HTTPConnection) -> Pages:
    return cast("Pages", connection.app.state.pages)


def visitor(connection: HTTPConnection) -> Caller | None:
    """Who is signed in, if anybody, for pages that everyone may see."""
    try:
        caller = caller_of(connection)
    except Refused:
        return None
    return None if caller is None or caller.must_change else caller
