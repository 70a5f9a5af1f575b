"""Every figure of the reports and its definition: the one table behind pages, spreadsheets and docs/reports.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["", "count", "minutes", "duration", "share", "mean", "times", "text"]
"""``minutes``: whole ones or to a tenth. ``duration``: ms that people read as minutes. ``share``: 0 to 1.
``mean``: of counts, to a tenth."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``means_zh``, ``means_en``: the definition, one sentence, the same for a day and for any range of days."""

    zh: str
    en: str
    unit: Unit
    means_zh: str
    means_en: str


FIGURES: Mapping[str, Figure] = {
    "issued": Figure(
        "取号",
        "tickets",
        "count",
        "当日发出的号码，含补录的手写号。",
        "Numbers given that day, hand tickets entered afterwards among them.",
    ),
    "served": Figure(
        "办结",
        "served",
        "count",
        "以办结结束的号码；一号多事全部办完才算一次。",
        "Numbers that ended as finished; a visit of several items counts once, when all is done.",
    ),
    "abandoned": Figure("弃号", "given up", "count", "以弃号结束的号码。", "Numbers that their holders gave up."),
    "void": Figure("作废", "void", "count", "以作废结束的号码。", "Numbers that staff made void."),
    "expired": Figure(
        "清号",
        "expired",
        "count",
        "关闭大厅或日终时仍未结束、被清掉的号码。",
        "Numbers that had not ended when the hall or the day was closed.",
    ),
    "under_way": Figure(
        "在途",
        "under way",
        "count",
        "尚未结束的号码；取号 = 办结 + 弃号 + 作废 + 清号 + 在途。",
        "Numbers that have not ended; tickets = served + given up + void + expired + under way.",
    ),
    "hand": Figure(
        "手写号", "hand tickets", "count", "停机时发出、事后补录的号码。", "Numbers given by hand, entered afterwards."
    ),
    "appointments": Figure(
        "预约签到",
        "appointments",
        "count",
        "持预约签到取得的号码。",
        "Numbers taken at check-in for an appointment.",
    ),
    "priority": Figure(
        "优先", "with priority", "count", "属于任一优先类别的号码。", "Numbers of any class with priority."
    ),
    "late": Figure(
        "提示可能办不完",
        "told late",
        "count",
        "取号时已告知今天可能办不完的号码。",
        "Numbers whose holders were told that the day may not suffice.",
    ),
    "called": Figure("叫到", "called", "count", "至少被叫过一次的号码。", "Numbers called at least once."),
    "missed": Figure("过号", "missed", "count", "至少过号一次的号码。", "Numbers missed at least once."),
    "missed_times": Figure("过号次数", "times missed", "count", "过号的次数。", "How often any number was missed."),
    "reinstated": Figure("补号", "reinstated", "count", "至少补号一次的号码。", "Numbers reinstated at least once."),
    "reinstated_times": Figure(
        "补号次数", "times reinstated", "count", "补号的次数。", "How often any number was reinstated."
    ),
    "transferred": Figure(
        "转窗", "transferred", "count", "至少转过一次窗的号码。", "Numbers transferred once or more."
    ),
    "transferred_times": Figure(
        "转窗次数", "transfers", "count", "转窗的次数。", "How often any number was transferred."
    ),
    "wrong_number": Figure(
        "取错号", "wrong number", "count", "转窗时注明取错号的号码。", "Numbers with a transfer marked as wrong number."
    ),
    "parked": Figure("挂起", "parked", "count", "至少挂起一次的号码。", "Numbers parked at least once."),
    "several": Figure(
        "一号多事", "several items", "count", "取号时含多个类别的号码。", "Numbers taken for several categories."
    ),
    "accuracy": Figure(
        "取号准确率",
        "accuracy of numbers",
        "share",
        "1 − 办结号码中注明取错号的 ÷ 办结号码。",
        "1 − served numbers with a transfer marked as wrong number ÷ served numbers.",
    ),
    "one_window": Figure(
        "一窗办结率",
        "one-window share",
        "share",
        "只到过一个窗口就办结的号码 ÷ 全部办结号码；开始、转出或办结处都算到过。",
        "Numbers finished that were at one window only ÷ all finished; a window counts when it started, transferred "
        "or finished the visit.",
    ),
    "one_window_several": Figure(
        "一窗办结率（多事）",
        "one-window share, several items",
        "share",
        "同上，只算一号多事的号码。",
        "The same of numbers taken for several categories.",
    ),
    "waits": Figure(
        "等候人次", "waits", "count", "已被叫到的号码，即有等候时间可算的。", "Numbers called, whose wait is known."
    ),
    "wait_mean": Figure(
        "平均等候",
        "mean wait",
        "minutes",
        "从取号（手写号为发号时间）到首次叫号的分钟数的平均值。",
        "Minutes from taking the number (a hand ticket: from when it was given out) to its first call, on average.",
    ),
    "wait_p50": Figure(
        "等候中位数",
        "median wait",
        "minutes",
        "一半的人等候不超过的整分钟数。",
        "Whole minutes that half of the waits do not exceed.",
    ),
    "wait_p90": Figure(
        "等候九成",
        "90% wait",
        "minutes",
        "九成的人等候不超过的整分钟数。",
        "Whole minutes that nine of ten waits do not exceed.",
    ),
    "wait_longest": Figure(
        "最长等候", "longest wait", "minutes", "最长一次等候的整分钟数。", "Whole minutes of the longest wait."
    ),
    "long": Figure(
        "超 30 分钟", "over 30 min", "count", "等候超过 30 分钟的号码。", "Numbers that waited for over 30 minutes."
    ),
    "long_share": Figure(
        "超 30 分钟占比", "share over 30 min", "share", "超 30 分钟 ÷ 等候人次。", "Over 30 min ÷ waits."
    ),
    "later_waits": Figure(
        "续办等候次数",
        "later waits",
        "count",
        "一号多事在前一窗口办完后再次被叫到的次数。",
        "Calls of visits that went on after another window had done its part.",
    ),
    "later_mean": Figure(
        "平均续办等候",
        "mean later wait",
        "minutes",
        "从前一窗口办完到下一次叫号的平均分钟数。",
        "Minutes from the end at one window to the next call, on average.",
    ),
    "services": Figure(
        "办理次数",
        "services",
        "count",
        "在窗口办完的次数（含一号多事的每一段），按办理时的类别。",
        "Times that a window did its part, each leg of a visit among them, by the category at that time.",
    ),
    "hold_mean": Figure(
        "平均占窗", "mean hold", "minutes", "从叫号到办完的平均分钟数。", "Minutes from call to finish, on average."
    ),
    "hold_p50": Figure(
        "占窗中位数", "median hold", "minutes", "一半的占窗不超过的整分钟数。", "Whole minutes that half do not pass."
    ),
    "hold_p90": Figure(
        "占窗九成",
        "90% hold",
        "minutes",
        "九成的占窗不超过的整分钟数。",
        "Whole minutes that nine of ten do not pass.",
    ),
    "walk_mean": Figure(
        "平均到窗",
        "mean walk",
        "minutes",
        "从叫号到按下开始的平均分钟数；开始与办结同时按下的不计。",
        "Minutes from call to start, on average; where start and finish are one press, neither is known.",
    ),
    "service_mean": Figure(
        "平均办理",
        "mean service",
        "minutes",
        "从开始到办完的平均分钟数；开始与办结同时按下的不计。",
        "Minutes from start to finish, on average; where start and finish are one press, neither is known.",
    ),
    "service_p90": Figure(
        "办理九成",
        "90% service",
        "minutes",
        "九成的办理不超过的整分钟数。",
        "Whole minutes that nine of ten services do not exceed.",
    ),
    "open": Figure("开放", "open", "duration", "窗口处于开放的时间。", "Time that the window was open."),
    "paused": Figure("暂停", "paused", "duration", "窗口处于暂停的时间。", "Time that the window was paused."),
    "closed": Figure(
        "关闭",
        "closed",
        "duration",
        "办公时间内窗口既未开放也未暂停的时间；提前闭厅的，算到闭厅。",
        "Time within the opening hours, until the hall was closed, that the window was neither open nor paused.",
    ),
    "busy": Figure(
        "接待",
        "with a visitor",
        "duration",
        "从叫号到号码离开窗口（办完、过号、转窗、挂起等）的时间；手写号不计。",
        "Time from a call until the number left the window (finished, missed, transferred, parked …), without hand "
        "tickets.",
    ),
    "serving": Figure(
        "办理时间",
        "serving",
        "duration",
        "从开始到号码离开窗口的时间；手写号不计。",
        "Time from the start until the number left the window, hand tickets left out.",
    ),
    "busy_share": Figure(
        "接待占比",
        "share with a visitor",
        "share",
        "开放时间内的接待时间 ÷ 开放时间。",
        "Time with a visitor while open ÷ time open.",
    ),
    "calls": Figure("叫号", "calls", "count", "叫号的次数，不含重呼。", "Calls, recalls left out."),
    "finished": Figure(
        "办结", "finished", "count", "在此办结的号码，含手写号。", "Numbers finished here, hand tickets among them."
    ),
    "legs": Figure(
        "办完一段", "legs", "count", "在此办完一段、去别处续办的次数。", "Visits that did a part here and went on."
    ),
    "missed_here": Figure("过号", "missed", "count", "在此过号的次数。", "Times that a number was missed here."),
    "signed_in": Figure("在岗", "signed in", "duration", "在窗口登录的时间。", "Time signed in at windows."),
    "at_windows": Figure("在岗窗口", "windows", "text", "登录过的窗口及时间。", "Windows signed in at, and how long."),
    "pause_times": Figure("暂停次数", "pauses", "count", "以此原因暂停的次数。", "Pauses for that reason."),
    "rated": Figure(
        "评价",
        "ratings",
        "count",
        "收到的评价，一号一次；差评整改中作废的也计。",
        "Ratings given, one a visit at most; voided ones are counted too.",
    ),
    "score_5": Figure("非常满意", "very satisfied", "count", "五级评价中的 5。", "Ratings of 5 in five."),
    "score_4": Figure("满意", "satisfied", "count", "五级评价中的 4。", "Ratings of 4 in five."),
    "score_3": Figure("基本满意", "fairly satisfied", "count", "五级评价中的 3。", "Ratings of 3 in five."),
    "score_2": Figure("不满意", "dissatisfied", "count", "五级评价中的 2。", "Ratings of 2 in five."),
    "score_1": Figure("非常不满意", "very dissatisfied", "count", "五级评价中的 1。", "Ratings of 1 in five."),
    "satisfaction": Figure(
        "满意率", "satisfaction", "share", "3 分及以上的评价 ÷ 全部评价。", "Ratings of 3 and above ÷ all ratings."
    ),
    "rated_share": Figure("参评率", "rated share", "share", "评价 ÷ 办结。", "Ratings ÷ served."),
    "days": Figure("天数", "days", "count", "期间内有记录的营业日。", "Business days of the range that the log holds."),
}
