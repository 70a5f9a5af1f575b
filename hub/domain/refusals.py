"""The one way a rule says no, and the sentences people read when it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.cases.machine import STATES as CASE_STATES
from hub.domain.cases.sentences import SENTENCES as OF_CASES
from hub.domain.consultations.sentences import SENTENCES as OF_CONSULTATIONS
from hub.domain.slots.sentences import SENTENCES as OF_SLOTS

Fact = str | int | float | bool | None


class Refused(Exception):
    """A rule refuses a command: the person who asked must act.

    ``code`` is stable and part of every interface; ``facts`` fill the sentences and are safe to show anyone.
    """

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Fact] = facts


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, why and what to do; ``{name}`` stands for a fact."""

    zh: str
    en: str


def sentence(code: str, facts: Mapping[str, Fact]) -> Sentence:
    """The sentences of a refusal; an unknown code or a missing fact still gives a readable one."""
    words = SENTENCES.get(code, _UNKNOWN)
    zh = _Facts(facts)
    state = facts.get("state")
    if isinstance(state, str):
        zh["state"] = _STATES_ZH.get(state, state)
    return Sentence(words.zh.format_map(zh), words.en.format_map(_Facts(facts)))


class _Facts(dict[str, Fact]):
    def __missing__(self, key: str) -> str:
        return "…"


_STATES_ZH: Mapping[str, str] = {
    "waiting": "等候",
    "called": "已叫号",
    "serving": "办理中",
    "finished": "已办结",
    "missed": "过号",
    "parked": "挂起",
    "abandoned": "弃号",
    "void": "作废",
    "expired": "日终清号",
    "to-verify": "待核实",
    "founded": "属实，待整改",
    "unfounded": "不属实，待说明",
    "to-call-back": "待回访",
    "unsatisfied": "回访仍不满意",
    "to-close": "待办结",
    "closed": "已办结",
    **{state: named.zh for state, named in CASE_STATES.items()},
}

_UNKNOWN = Sentence("请求未被受理。", "The request was refused.")

SENTENCES: Mapping[str, Sentence] = {
    "no-room": Sentence(
        "服务器磁盘已满，请求未保存。请联系管理员清理磁盘后重试。",
        "The server's disk is full and nothing was saved. Ask the administrator to free space, then try again.",
    ),
    "stale": Sentence(
        "请求到达太晚，没有执行。请重新操作。",
        "The request came too late and was not carried out. Please do it again.",
    ),
    "fault": Sentence(
        "服务器内部出错，请求没有执行。请再试一次；仍不行请联系管理员。",
        "The server failed and the request was not carried out. Try again; if it fails again, tell the administrator.",
    ),
    "not-in-service": Sentence("本大厅尚未开通此功能（{type}）。", "This hall does not offer this ({type}) yet."),
    "unknown-type": Sentence("设备发来了不认识的事件 {type}。", "The device sent an unknown event {type}."),
    "catalogue-invalid": Sentence(
        "目录有 {count} 处错误，没有发布：{problem}。请改正后再发布。",
        "The catalogue has {count} problems and was not published: {problem}. Mend them and publish it again.",
    ),
    "no-catalogue": Sentence(
        "本大厅还没有事项目录。请管理员先导入并发布。",
        "This hall has no catalogue yet. An administrator has to import and publish one.",
    ),
    "nothing-to-publish": Sentence(
        "没有可以发布的导入，或它已经过时。请重新上传文件。",
        "There is no import to publish, or it is no longer kept. Upload the file again.",
    ),
    "unknown-version": Sentence("目录没有第 {version} 版。", "The catalogue has no version {version}."),
    "malformed-json": Sentence(
        "请求内容不是有效的 JSON：{problem}。", "The body is not valid JSON: {problem}. Send one JSON object."
    ),
    "not-utf-8": Sentence("请求内容不是 UTF-8 编码。", "The body is not UTF-8. Encode it as UTF-8."),
    "too-deep": Sentence("请求内容嵌套过深。", "The body is nested too deeply."),
    "bad-identity": Sentence(
        "证件号码不正确。请对照证件核对每一位；护照、通行证请选“其他证件”。",
        "That identity number is wrong. Compare every character with the document; for a passport or permit choose "
        "another document.",
    ),
    "bad-credit-code": Sentence(
        "统一社会信用代码不正确。请对照营业执照核对 18 位。",
        "That unified social credit code is wrong. Compare its 18 characters with the licence.",
    ),
    "bad-value": Sentence("字段 {field} 的值不正确：{problem}。", "The value of {field} is wrong: {problem}."),
    "unreadable-message": Sentence(
        "请求的内容读不懂，没有办理。请检查后重新提交。",
        "The request could not be read, so nothing was done. Check it and ask again.",
    ),
    "other-body": Sentence(
        "同一个请求编号带来了不同的内容，没有执行。",
        "The same request id came with another body and was not carried out.",
    ),
    "wrong-window": Sentence(
        "设备 {device} 属于窗口 {bound}，不能操作窗口 {window}。",
        "Device {device} belongs to window {bound} and may not act for window {window}.",
    ),
    "unknown-device": Sentence(
        "设备 {device} 尚未登记。请管理员在设备清单中批准。",
        "Device {device} is not registered. Ask the administrator to approve it.",
    ),
    "unknown-category": Sentence(
        "没有业务类别 {category}。请重新选择。", "There is no category {category}. Choose again."
    ),
    "unknown-item": Sentence(
        "没有事项 {item}。事项清单可能刚有变化，请重新选择。",
        "There is no item {item}. The list may have just changed; choose again.",
    ),
    "unknown-priority": Sentence("没有优先类别 {priority}。", "There is no priority class {priority}."),
    "unknown-window": Sentence("没有窗口 {window}。", "There is no window {window}."),
    "unknown-ticket": Sentence("今天没有号码 {number}。请核对号码。", "There is no number {number} today. Check it."),
    "bad-phone": Sentence(
        "手机号码不正确。请输入 11 位手机号，或不填。",
        "That is not a mobile number. Enter 11 digits, or leave it empty.",
    ),
    "not-open-yet": Sentence(
        "现在还不能取号，{opens} 开始取号。",
        "Tickets are not issued yet; issuing starts at {opens}.",
    ),
    "issuing-stopped": Sentence(
        "今天已停止取号。窗口 {closes} 关闭，前面还有 {waiting} 人。请下一个工作日再来。",
        "Issuing has stopped for today. Windows close at {closes} and {waiting} people still wait. "
        "Please come back on the next working day.",
    ),
    "not-a-working-day": Sentence(
        "今天不办公。请在工作日再来。", "The hall is closed today. Please come on a working day."
    ),
    "day-closed": Sentence("本日业务已结束。", "The business day is over."),
    "day-not-open": Sentence("本日业务尚未开始。", "The business day has not begun."),
    "window-closed": Sentence("窗口 {window} 未开放。", "Window {window} is closed."),
    "window-paused": Sentence(
        "窗口 {window} 已暂停。请先恢复窗口再叫号。", "Window {window} is paused. Resume it before calling."
    ),
    "window-busy": Sentence(
        "窗口 {window} 正在服务 {number}。请先办结、过号或转窗。",
        "Window {window} is serving {number}. Finish, miss or transfer it first.",
    ),
    "no-active-ticket": Sentence(
        "窗口 {window} 没有正在办理的号码。请先叫号。",
        "Window {window} has no active ticket. Call one first.",
    ),
    "service-started": Sentence(
        "{number} 已开始办理，不能再作过号。", "Service of {number} has started; it cannot be missed."
    ),
    "changed-meanwhile": Sentence(
        "窗口 {window} 刚刚有变化，操作没有执行。请看最新状态后再按。",
        "Window {window} has just changed and nothing was done. Look again, then press.",
    ),
    "wrong-state": Sentence(
        "号码 {number} 现在是“{state}”，不能这样操作。", "Number {number} is {state} now; this cannot be done."
    ),
    "reinstated-too-often": Sentence(
        "号码 {number} 已补号 {times} 次，不能再补。请重新取号。",
        "Number {number} was reinstated {times} times already. Please take a new ticket.",
    ),
    "too-late-to-reinstate": Sentence(
        "号码 {number} 已过补号时限。请重新取号。",
        "It is too late to reinstate {number}. Please take a new ticket.",
    ),
    "missed-too-early": Sentence(
        "{number} 没有留手机，请先重呼 {recalls} 次再作过号。",
        "{number} has no phone: recall {recalls} times before marking it missed.",
    ),
    "look-first": Sentence(
        "{number} 没有留手机。请引导员先在现场找人，确认不在后再作过号。",
        "{number} has no phone: an attendant looks for its holder first; then it can be marked missed.",
    ),
    "not-by-the-clock": Sentence("{number} 还不能按时间作过号。", "{number} is not to be marked missed by the clock."),
    "transferred-too-often": Sentence(
        "{number} 已转窗 {times} 次，不能再转。请在本窗口办理，或请值班主任安排。",
        "{number} was transferred {times} times already. Serve it here, or ask the supervisor where it belongs.",
    ),
    "hall-frozen": Sentence(
        "大厅暂停叫号和取号：{why}。恢复后再操作。",
        "Calling and issuing are suspended: {why}. Please wait for the release.",
    ),
    "too-early-to-check-in": Sentence(
        "还不到签到时间，{opens} 起可以签到。", "It is too early to check in; it can be done from {opens}."
    ),
    "capacity-reached": Sentence(
        "今天已约满：窗口 {closes} 关闭，前面还有 {ahead} 人，办不完了。请下一个工作日再来，或网上预约。",
        "Today is full: windows close at {closes} and {ahead} people are before you. "
        "Please come on the next working day, or book online.",
    ),
    "window-without-skills": Sentence(
        "窗口 {window} 现在没有可办的业务（窗口设置和当班人员没有共同的类别）。请换人，或请值班主任调整窗口。",
        "Window {window} may serve nothing now: window and clerk have no category in common. "
        "Change the clerk, or ask the supervisor to re-skill the window.",
    ),
    "clerk-busy-elsewhere": Sentence(
        "{clerk} 在窗口 {window} 还有号码 {number} 没办完。请先办结、转窗或由别人接手。",
        "{clerk} still has number {number} at window {window}. Finish or transfer it, or let somebody take over there.",
    ),
    "roster-floor": Sentence(
        "值守时段（至 {until}）本层至少要有 {needed} 个窗口开放，{window} 暂时不能停。请稍后，或请值班主任批准。",
        "Until {until} at least {needed} windows of this floor stay open, so {window} cannot stop now. "
        "Wait a little, or ask the supervisor.",
    ),
    "number-taken": Sentence(
        "号码 {number} 已经用过，没有录入。请核对手写号。",
        "Number {number} was given already and was not entered. Check the hand ticket.",
    ),
    "bad-transfer": Sentence("不能转到 {to}：没有这个窗口或类别。", "There is no window or category {to}."),
    "reason-needed": Sentence("请写明原因。", "Please give a reason."),
    "clerk-elsewhere": Sentence(
        "{clerk} 已在窗口 {window} 登录。请先在那里退出。",
        "{clerk} is signed in at window {window}. Sign out there first.",
    ),
    "window-taken": Sentence("窗口 {window} 已由 {clerk} 使用。", "Window {window} is in use by {clerk}."),
    "already-rated": Sentence("这次办事已经评价过，谢谢。", "This visit was rated already, thank you."),
    "nothing-to-rate": Sentence("这个号码还没有办结，不能评价。", "This ticket is not finished and cannot be rated."),
    "unknown-rectification": Sentence(
        "这个号码没有差评整改。请从清单中选择。",
        "No rectification was opened for this ticket. Choose one from the list.",
    ),
    "own-rating": Sentence(
        "{number} 的差评评的是您本人的服务，不能由您处理。请交给另一位主管。",
        "The low rating of {number} is about your own service. Another supervisor has to deal with it.",
    ),
    "wrong-step": Sentence(
        "{number} 的差评整改现在是“{state}”，不能跳过或重做这一步。请刷新页面，按列出的步骤处理。",
        "The rectification of {number} is {state} now and this step does not follow. Reload the page and take one of "
        "the steps it offers.",
    ),
    "file-empty": Sentence(
        "文件是空的，没有保存。请重新选择文件。", "The file is empty and was not kept. Choose it again."
    ),
    "file-too-large": Sentence(
        "文件有 {size} 字节，超过上限 {limit} 字节，没有保存。请降低扫描分辨率或分成几份再传。",
        "The file has {size} bytes, more than the {limit} that are taken, and was not kept. Scan it at a lower "
        "resolution or in parts.",
    ),
    "file-executable": Sentence(
        "“{name}”含有可运行的内容（{kind}），不能作为材料，没有保存。请上传扫描件、图片或不带宏的文档，并告知管理员。",
        "“{name}” holds something that runs ({kind}); it is no material and was not kept. Upload a scan, a picture or "
        "a document without macros, and tell the administrator.",
    ),
    "file-disguised": Sentence(
        "“{name}”看起来是 {kind}，又带着 {other} 的特征，来路不明，没有保存。请重新扫描或导出后上传。",
        "“{name}” looks like {kind} and carries the marks of {other} too, so it was not kept. Scan or export it anew.",
    ),
    "file-type-not-allowed": Sentence(
        "“{name}”的内容是 {kind}，不在可收的类型里，没有保存。请上传 PDF、图片、DOCX、XLSX、OFD 或纯文本。",
        "The content of “{name}” is {kind}, which is not taken, and was not kept. Upload PDF, pictures, DOCX, XLSX, "
        "OFD or plain text.",
    ),
    "file-damaged": Sentence(
        "文件内容不完整或已损坏（{kind}），没有保存。请重新扫描或导出后上传。",
        "The file is cut off or damaged ({kind}) and was not kept. Scan or export it anew.",
    ),
    "file-encrypted": Sentence(
        "“{name}”加了密码，审查人员打不开，没有保存。请去掉密码后上传。",
        "“{name}” is locked by a password, so nobody could review it, and was not kept. Remove the password first.",
    ),
    "file-bomb": Sentence(
        "“{name}”解开后大得不合常理，没有保存。请重新导出为 PDF 再上传。",
        "“{name}” unpacks to an unreasonable size and was not kept. Export it as PDF.",
    ),
    "file-damaged-here": Sentence(
        "这份材料在服务器上已损坏，不能使用。请管理员从备份恢复，或请申请人重新提交。",
        "This file was damaged on the server and cannot be used. Ask the administrator to restore it from a backup, or "
        "have it submitted again.",
    ),
    "unknown-file": Sentence(
        "没有这份材料，或您无权查看。请从办件页面打开。",
        "There is no such file, or you may not see it. Open it from its case.",
    ),
    "wrong-hash": Sentence(
        "收到的文件与事先说明的不一致（SHA-256 不同），没有保存。请重新上传。",
        "What arrived is not the file that was announced (SHA-256 differs) and was not kept. Upload it again.",
    ),
    "no-such-page": Sentence("没有第 {page} 页。", "There is no page {page}."),
    "preview-locked": Sentence(
        "这份 PDF 加了密码，不能预览。请申请人提交不加密的版本。",
        "This PDF is locked by a password and cannot be shown. Have an unlocked copy submitted.",
    ),
    "preview-failed": Sentence(
        "这份材料不能预览：已损坏，或太大太复杂。可以下载后查看。",
        "This file cannot be shown: it is damaged, too large or too intricate. It can be downloaded.",
    ),
    "no-preview": Sentence(
        "{kind} 不能在网页中预览。请下载后查看。", "{kind} has no preview here. Download it to look at it."
    ),
    "clock-stepped": Sentence(
        "服务器时钟跳变，日切和到期暂停。请管理员确认时间。",
        "The server's clock stepped; rollover and expiry wait. Ask the administrator to confirm the time.",
    ),
    "profile-invalid": Sentence("大厅配置有误：{problem}", "The hall profile is not valid: {problem}"),
    **{code: Sentence(zh, en) for code, (zh, en) in {**OF_CASES, **OF_SLOTS, **OF_CONSULTATIONS}.items()},
}
