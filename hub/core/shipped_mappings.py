"""The mapping files that come with the project, by name: ``guangan`` is ``mappings/guangan.toml``.

A wheel carries them inside the package ``hub``; in a source tree they lie beside it.
"""

from __future__ import annotations

import re
from pathlib import Path

import hub

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def shipped_mapping(name: str) -> Path | None:
    """The file of that name; None without one."""
    return shipped_mappings().get(name) if _NAME.fullmatch(name) else None


def shipped_mappings() -> dict[str, Path]:
    """Every one, by name."""
    package = Path(hub.__file__).parent
    folder = next((each for each in (package / "mappings", package.parent / "mappings") if each.is_dir()), None)
    return {} if folder is None else {file.stem: file for file in sorted(folder.glob("*.toml"))}
