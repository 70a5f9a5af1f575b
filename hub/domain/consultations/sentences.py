"""What people read when a rule about consultations, or a message of the online hall, refuses: by code."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "unknown-message": (
        "大厅不认识“{kind}”这种消息，没有处理。请升级大厅系统，或改到窗口办理。",
        "The hall does not know messages of type {kind} and did nothing. Its program has to be brought up to date, or "
        "please come to the hall.",
    ),
    "consultation-exists": (
        "这条咨询已经收到。请不要重复提交。",
        "This question was received already. Do not send it twice.",
    ),
    "unknown-consultation": (
        "没有这条咨询，或您无权查看。请从清单中选择。",
        "There is no such consultation, or you may not see it. Choose one from the list.",
    ),
    "consultation-closed": (
        "这条咨询已办结，不能再追加。请提出新的咨询。",
        "This consultation is closed and takes nothing more. Please ask anew.",
    ),
    "not-your-consultation": (
        "这条咨询由部门 {department} 答复。请由该部门处理，或请值班主任转办。",
        "This question is for department {department} to answer. Leave it to them, or have the supervisor hand it on.",
    ),
    "no-such-department": (
        "大厅没有部门 {department}。请从部门清单中选择。",
        "The hall has no department {department}. Choose one from its list.",
    ),
    "answer-needed": (
        "这条咨询还没有答复，不能直接办结。请先答复，或写明为什么不需要答复。",
        "This question has no answer yet. Answer it, or say why none is needed.",
    ),
    "no-such-answer": (
        "没有第 {n} 条答复。请刷新页面后再选。",
        "There is no answer {n}. Reload the page and choose again.",
    ),
}
