"""What people read when a rule about cases refuses: Chinese and English by code; ``hub.domain.refusals`` takes them."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "unknown-case": (
        "没有这个办件。请核对办件编号。",
        "There is no such case. Check the case number.",
    ),
    "case-exists": (
        "这个办件已经建立（{number}）。请打开它继续办理，不要重复提交。",
        "This case exists already ({number}). Open it and go on there; do not file it twice.",
    ),
    "not-online": (
        "事项“{item}”不能网上申办，申请没有收下。请到大厅窗口办理。",
        "The item {item} cannot be filed online and nothing was received. Please come to the hall.",
    ),
    "not-filed-online": (
        "办件 {number} 不是网上申报的，没有领取或放回。请在原窗口办理。",
        "Case {number} was not filed online. Deal with it where it was received.",
    ),
    "filing-taken": (
        "网上件 {number} 已由 {clerk} 在窗口 {window} 领取。请另选一件，或请值班主任改派。",
        "Online filing {number} was taken by {clerk} at window {window}. Take another, or ask the supervisor.",
    ),
    "already-decided": (
        "办件 {number} 已作出决定，不能再撤回。不服决定的，可自收到决定之日起六十日内提出异议或申请行政复议。",
        "Case {number} is decided and cannot be withdrawn. Within 60 days of receiving the decision an objection or an "
        "application for review may be made.",
    ),
    "nothing-to-object": (
        "办件 {number} 现在是“{state}”，还没有可以异议的决定。需要撤回的，请提交撤回申请。",
        "Case {number} is {state}: there is no decision to object to. To take it back, ask for its withdrawal.",
    ),
    "wrong-act": (
        "办件 {number} 现在是“{state}”，不能做这一步。请刷新页面，按列出的操作办理。",
        "Case {number} is {state} now and this act does not follow. Reload the page and take what it offers.",
    ),
    "external-case": (
        "{number} 在“{system}”系统中办理，这里只登记和查询。请到该系统操作，再导入进度。",
        "{number} is handled in the system {system}; here it is only registered. Act there, then import its milestone.",
    ),
    "not-external": (
        "事项“{item}”在本系统办理，不是外部系统事项。请按普通办件建件。",
        "The item {item} is handled here, not in another system. Open an ordinary case.",
    ),
    "milestone-out-of-order": (
        "办件 {number} 现在是“{state}”，外部系统的进度“{kind}”接不上，没有导入。请在外部系统核对。",
        "Case {number} is {state} now; the milestone {kind} cannot follow; it was not imported. Check there.",
    ),
    "block-used-up": (
        "{year} 年的办件编号已用到 {last}，没有收件。请管理员预留下一个编号段，然后再提交，所填内容仍在。",
        "The case numbers of {year} are used up at {last} and nothing was received. Ask the administrator to reserve "
        "the next block, then submit again; what was filled in is kept.",
    ),
    "no-number-block": (
        "今年还没有预留办件编号段，没有收件。请管理员预留编号段后再提交。",
        "No block of case numbers is reserved for this year and nothing was received. Ask the administrator to reserve "
        "one, then submit again.",
    ),
    "special-days": (
        "“{step}”需要多少个工作日，须书面告知申请人（1 至 {most}，现为 {days}），没有开始。请填写所需工作日。",
        "How many working days it takes ({step}) has to be told to the applicant in writing (1 to {most}, not {days}); "
        "it was not started. Fill in the working days.",
    ),
    "unknown-material": (
        "事项“{item}”现在不要求材料 {material}。请从材料清单中选择。",
        "The item {item} does not ask for material {material} now. Choose one from its list.",
    ),
    "materials-missing": (
        "办件 {number} 还缺：{materials}。请补齐、办理容缺或告知承诺，或一次告知补正。",
        "Case {number} still lacks: {materials}. Add them, take a pledge or a promise where the item allows it, or "
        "tell the correction at once.",
    ),
    "materials-frozen": (
        "办件 {number} 已受理，材料已固定，不能再提交：{materials}。只能提交所欠的或补正要求的材料。",
        "Case {number} is accepted and its materials are fixed: {materials} cannot be added. Only what is owed or "
        "asked for in a correction can.",
    ),
    "material-not-there": (
        "办件里没有材料 {material}。请先提交。",
        "The case does not hold material {material}. Supply it first.",
    ),
    "nothing-to-see": (
        "材料 {material} 既没有文件，也没有核对原件。请上传文件，或核对原件后勾选。",
        "Material {material} has neither a file nor a checked original. Upload one, or check the original.",
    ),
    "consent-needed": (
        "材料 {material} 的可信等级是 {grade}，重复使用须先征得申请人同意。请询问后再提交。",
        "Material {material} has grade {grade}; its reuse needs the applicant's consent. Ask, then submit again.",
    ),
    "intake-expired": (
        "办件 {number} 的告知期限已于 {due} 届满，依法视为自收件之日起受理，不能再告知补正或不予受理。请按已受理办理。",
        "The limit to answer case {number} ended on {due}: by law it is deemed accepted from receipt, and can be "
        "neither corrected nor refused acceptance. Go on with it as accepted.",
    ),
    "correction-told": (
        "补正只能一次性告知。办件 {number} 已告知过，这次只能指出此后新交的材料，不能再提：{materials}。",
        "A correction is told once, completely. Case {number} was told already; only materials supplied since may be "
        "cited, not {materials}.",
    ),
    "corrections-missing": (
        "办件 {number} 补正要求的材料还没有交齐：{materials}。请收齐后再点补正收件；不能补齐的，可不予受理。",
        "Case {number} still lacks what its correction asks for: {materials}. Take all of it in first; if it cannot be "
        "had, acceptance may be refused.",
    ),
    "opinions-outstanding": (
        "办件 {number} 还有环节没有出意见：{steps}。合并的修改通知须等各方都提出意见后一次发出。",
        "Steps of case {number} have not spoken yet: {steps}. The merged notice goes out once, when all have.",
    ),
    "nothing-returned": (
        "办件 {number} 没有环节提出修改意见，不用告知。",
        "No step sent case {number} back; there is nothing to tell.",
    ),
    "not-lead": (
        "办件 {number} 的修改通知由牵头部门（{departments}）合并发出。请联系牵头部门。",
        "The merged notice of case {number} is told by the lead department ({departments}). Ask there.",
    ),
    "tolerance-not-allowed": (
        "事项“{item}”不适用容缺受理。请补齐材料或告知补正。",
        "The item {item} knows no tolerance. Complete the materials or tell the correction.",
    ),
    "main-material": (
        "“{material}”是主审材料，不能容缺。请补齐后再受理。",
        "{material} is a main material and cannot be owed. It is needed before acceptance.",
    ),
    "pledge-unsigned": (
        "没有签字的承诺书。请申请人签字并扫描后再提交。",
        "There is no signed pledge. Let the applicant sign it, scan it, then submit again.",
    ),
    "tolerance-too-late": (
        "补交期限 {due} 不可用：须在今天之后、{latest} 之前（含当天），给审查留出时间。请改期限。",
        "{due} cannot be the day for what is owed: it must lie after today and not after {latest}, so that the review "
        "keeps its time. Choose another day.",
    ),
    "not-trusted": (
        "申请人有未修复的失信记录（{marks}），不适用容缺受理。信用修复后可以再用；现在请补齐材料。",
        "The applicant has credit marks that are not repaired ({marks}) and gets no tolerance until they are. The "
        "materials have to be complete.",
    ),
    "promise-not-allowed": (
        "材料 {material} 不能用告知承诺代替。请补齐。",
        "Material {material} cannot be replaced by a promise. Complete it.",
    ),
    "no-such-promise": (
        "材料 {material} 没有待核查的承诺。",
        "There is no promise about material {material} that is still to be checked.",
    ),
    "promise-failed": (
        "办件 {number} 的告知承诺经核查不属实，不能准予。请依法不予许可，或补交材料后重新申请。",
        "What was promised in case {number} proved untrue; it cannot be granted. Refuse it, or let it be filed again "
        "with the material.",
    ),
    "still-owed": (
        "办件 {number} 还欠材料：{materials}，不能决定。请收到后再决定。",
        "Case {number} still owes {materials} and cannot be decided. Take it in first.",
    ),
    "review-not-done": (
        "办件 {number} 的审查还没有走完：{steps}。请等各环节完成后再决定。",
        "The review of case {number} has not reached its end: {steps}. Wait for these steps, then decide.",
    ),
    "objection-stands": (
        "办件 {number} 有环节不同意。准予的，请写明仍然准予的理由；否则请不予许可。",
        "A step objected to case {number}. To grant it, write why it is granted all the same; otherwise refuse it.",
    ),
    "not-immediate": (
        "事项“{item}”不是即办件，不能当场决定。请受理后按流程审查。",
        "The item {item} is not an immediate one and cannot be decided at once. Accept it and let it be reviewed.",
    ),
    "other-department": (
        "这一步（{step}）由 {department} 办理。请转给该部门的审查人员。",
        "This step ({step}) belongs to {department}. Leave it to a reviewer there.",
    ),
    "unknown-step": (
        "办件 {number} 没有走到环节 {step}。请刷新页面。",
        "Case {number} has no step {step} under way. Reload the page.",
    ),
    "step-not-open": (
        "办件 {number} 的环节 {step} 已经有结果，不能再办。请刷新页面。",
        "Step {step} of case {number} is settled already. Reload the page.",
    ),
    "step-claimed": (
        "环节 {step} 已由 {by} 认领。请与其联系，或由其退回认领、请假移交后再办。",
        "Step {step} was claimed by {by}. Ask them, or wait until they release it or hand over their inbox.",
    ),
    "special-running": (
        "办件 {number} 正在特别程序中，期限已停，暂不能出意见。请在特别程序结束后再办。",
        "Case {number} is in a special procedure and its clock stands. Give the opinion when the procedure has ended.",
    ),
    "unknown-special": (
        "事项“{item}”没有特别程序 {step}。请从列出的程序中选择。",
        "The item {item} has no special procedure {step}. Choose one that it lists.",
    ),
    "extension-used": (
        "办件 {number} 已延长过一次，不能再延长。请在期限内决定。",
        "Case {number} was extended once already and cannot be again. Decide it within its limit.",
    ),
    "no-extension": (
        "办件 {number} 没有法定期限在计，不能延长。",
        "No legal limit runs for case {number}, so none can be extended.",
    ),
    "extension-too-late": (
        "办件 {number} 的法定期限已于 {due} 届满，不能再延长。请尽快决定。",
        "The legal limit of case {number} ended on {due} and cannot be extended any more. Decide it soon.",
    ),
    "wrong-approver": (
        "办件 {number} 的延期须由 {role} 批准（agency-head 行政机关负责人，government-head 本级人民政府负责人）。"
        "请写明批准人。",
        "An extension of case {number} is approved by the {role} (of the agency, or for joint handling of the "
        "government). Name the approver.",
    ),
    "basis-needed": (
        "请写明法律依据。",
        "Please give the legal basis.",
    ),
    "not-granted": (
        "办件 {number} 没有准予的决定，没有可撤销的。",
        "Nothing was granted in case {number}, so nothing can be revoked.",
    ),
}
