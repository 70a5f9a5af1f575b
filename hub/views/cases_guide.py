"""The diagram and tables of docs/cases.md, drawn from the case machine's tables.

``python -m hub.views.cases_guide`` writes them between the document's marks; a test holds both equal.
"""

from __future__ import annotations

from pathlib import Path

from hub.domain.cases import machine as m

PATH = Path(__file__).parents[2] / "docs" / "cases.md"


def diagram() -> str:
    """The states and moves as a Mermaid state diagram; ends without further moves point to its end."""
    lines = ["```mermaid", "stateDiagram-v2", "    direction TB"]
    lines += [
        f'    state "{named.zh} {named.en}" as {_id(state)}' for state, named in m.STATES.items() if _drawn(state)
    ]
    for state, moves in m.MOVES.items():
        here = _id(state) if _drawn(state) else "[*]"
        for then in dict.fromkeys(moves.values()):
            acts = "、".join(m.ACTS[act].zh for act, leads in moves.items() if leads == then)
            lines.append(f"    {here} --> {_id(then)}: {acts}")
        if not moves:
            lines.append(f"    {here} --> [*]")
    return "\n".join((*lines, "```"))


def moves_table() -> str:
    """From each state, the acts that may follow and where each leads."""
    rows = ["| 现在 Now | 可以做 May follow | 之后 Then |", "|---|---|---|"]
    for state, moves in m.MOVES.items():
        rows += [f"| {_state(state)} `{state}` | {_act(act)} | {_state(then)} |" for act, then in moves.items()]
    return "\n".join(rows)


def within_table() -> str:
    """Acts that leave the state as it is, and where they may be done."""
    rows = ["| 可以做 Act | 在哪些状态 In which states |", "|---|---|"]
    rows += [f"| {_act(act)} | {'、'.join(m.STATES[each].zh for each in states)} |" for act, states in m.WITHIN.items()]
    return "\n".join(rows)


def imported_table() -> str:
    """What another system of record may say its case is in now."""
    rows = ["| 现在 Now | 可以导入 May be imported |", "|---|---|"]
    for state, kinds in m.IMPORTED.items():
        rows.append(f"| {_state(state)} | {'、'.join(m.STATES[each].zh for each in kinds)} |")
    return "\n".join(rows)


def drawn(text: str) -> str:
    """The document with diagram and tables between their marks as they are now."""
    parts = (
        ("machine", diagram()),
        ("moves", moves_table()),
        ("within", within_table()),
        ("imported", imported_table()),
    )
    for mark, part in parts:
        begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}{part}\n{end}{after}"
    return text


def _drawn(state: str) -> bool:
    return state != m.UNOPENED


def _id(state: str) -> str:
    return state.replace("-", "_")


def _state(state: str) -> str:
    named = m.STATES[state]
    return f"{named.zh} {named.en}"


def _act(act: str) -> str:
    named = m.ACTS[act]
    return f"{named.zh} {named.en}"


if __name__ == "__main__":
    PATH.write_text(drawn(PATH.read_text(encoding="utf-8")), encoding="utf-8")
