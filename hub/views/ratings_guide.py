"""The tables of docs/ratings.md, drawn from the table of steps and the definitions of figures.

``python -m hub.views.ratings_guide`` writes them between the document's marks; a test holds both equal.
"""

from __future__ import annotations

from pathlib import Path

from hub.domain.ratings import steps
from hub.views.ratings import DEFINITIONS

PATH = Path(__file__).parents[2] / "docs" / "ratings.md"


def steps_table() -> str:
    """From each state, the acts that may follow and where each leads."""
    rows = ["| 现在 Now | 可以做 May follow | 之后 Then |", "|---|---|---|"]
    for state, acts in steps.TABLE.items():
        here = f"{_state(state)} `{state}`"
        rows += [f"| {here} | {_act(act)} | {_state(then)} |" for act, then in acts.items()]
    return "\n".join(rows)


def figures_table() -> str:
    """What each figure counts."""
    rows = ["| 数字 Figure | 怎样计算 | What it counts |", "|---|---|---|"]
    rows += [f"| {each.zh} {each.en} | {each.means_zh} | {each.means_en} |" for each in DEFINITIONS]
    return "\n".join(rows)


def drawn(text: str) -> str:
    """The document with both tables between their marks as they are now."""
    for mark, table in (("steps", steps_table()), ("figures", figures_table())):
        begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}{table}\n{end}{after}"
    return text


def _state(state: str) -> str:
    named = steps.STATES[state]
    return f"{named.zh} {named.en}"


def _act(act: str) -> str:
    named = steps.ACTS[act]
    return f"{named.zh} {named.en}"


if __name__ == "__main__":
    PATH.write_text(drawn(PATH.read_text(encoding="utf-8")), encoding="utf-8")
