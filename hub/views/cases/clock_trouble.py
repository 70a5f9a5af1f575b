"""What is wrong with the clock of cases, in words for whoever runs the hall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.views.words import Words

NO_ROOM = "no-room"


@dataclass(frozen=True, slots=True)
class ClockTrouble:
    """``problem``: why it brings nothing about, or empty. ``stuck``: deadlines that fell due and changed nothing, by
    name, each with the id of its case."""

    problem: str = ""
    stuck: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.stuck.values()))

    @property
    def said(self) -> tuple[Words, ...]:
        """A sentence for each trouble; empty while it works."""
        found: list[Words] = []
        if self.problem == NO_ROOM:
            found.append(
                Words(
                    "磁盘已满，办件期限没有推进。请清理磁盘，之后自动补上。",
                    "The disk is full: deadlines of cases wait. Free space; they are caught up by themselves.",
                )
            )
        elif self.problem:
            found.append(
                Words(
                    "办件时钟已停：读不了办件索引，到期的期限没有记录。请重启服务；仍不行请看日志。",
                    "The clock of cases stands: its index cannot be read and what falls due is not recorded. Restart "
                    "the service; if that does not help, read the log.",
                )
            )
        if self.stuck:
            found.append(
                Words(
                    f"{len(self.cases)} 个办件的期限到了但没有生效。请打开办件查看，并把日志交给维护人员。",
                    f"Deadlines of {len(self.cases)} cases fell due and changed nothing. Open them, and hand the log "
                    "to whoever maintains the hub.",
                )
            )
        return tuple(found)
