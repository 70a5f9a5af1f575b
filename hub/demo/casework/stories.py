"""The demo's cases: one of each kind, over items of the shipped catalogue and their departments.

A reviewer of department D101 is ``D101-2``, its head ``D101-1``.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.demo.casework.story import DESK, EXTERNAL, ONLINE, Ago, InDays, Paper, Story, Turn

ONLINE_DESK = "desk-online"
"""The account that takes filings over from the online hall."""

Body = Mapping[str, object]


def _paper(code: str, title: str, grade: str = "C", origin: str = "scan") -> Body:
    return {"material": code, "sha256": Paper(title), "grade": grade, "origin": origin}


def _seen(code: str) -> Body:
    """Only its original was seen."""
    return {"material": code, "original": True, "grade": "B"}


def _reviewed(department: str, step: str, text: str, wait: int = 15, *, head: bool = False) -> tuple[Turn, Turn]:
    """Claimed, and agreed to."""
    by = f"{department}-{1 if head else 2}"
    return (
        Turn(by, f"steps/{step}/claim", {}, wait),
        Turn(by, f"steps/{step}/opinion", {"verdict": "agree", "text": text}, 10),
    )


def _decided(department: str, result: str) -> Turn:
    body = {"granted": True, "reasons": "符合法定条件", "basis": "见受理通知书所列依据", "result": result}
    return Turn(f"{department}-1", "review/decide", body, 5)


_RECEIVED = ("case-opened", "case-received")
_GRANTED = (*_RECEIVED, "case-accepted", "steps-opened", "opinion-given", "case-decided")

IMMEDIATE = Story(
    "immediate", "即办", "immediate", "A06", "A", "周小满",
    (_paper("M1", "个体工商户登记申请书", "D"), _seen("M2"), _paper("M3", "经营场所使用证明")),
    (
        Turn(DESK, "accept", {"decision": {"granted": True, "result": "演示照 A06-0001"}}, 4),
        Turn(DESK, "deliver", {"how": "window", "to": "周小满"}, 3),
    ),
    (*_RECEIVED, "case-accepted", "case-decided", "result-delivered"),
)  # fmt: skip

PROMISED = Story(
    "promised", "承诺", "promised", "G23", "G", "林知远",
    (
        _paper("M1", "护士执业注册申请审核表", "D"), _paper("M2", "健康体检证明"), _paper("M3", "学历证书和实习证明"),
    ),
    (
        Turn(DESK, "accept", {}, 4),
        *_reviewed("D203", "S1", "学历和实习证明经核验属实"),
        *_reviewed("D203", "S2", "同意注册", head=True),
        _decided("D203", "演示证 G23-0001"),
    ),
    (*_GRANTED, "result-delivered"),
    collected=True,
)  # fmt: skip

TOLERANCE = Story(
    "tolerance", "容缺", "tolerance", "J26", "J", "示例代理记账（北京）有限公司",
    (_paper("M1", "代理记账资格申请表", "D"),),
    (
        Turn(
            DESK,
            "accept",
            {"pledge": {"materials": ("M2",), "due": InDays(2), "sha256": Paper("容缺承诺书（已签）")}},
            4,
        ),
        Turn(DESK, "materials", {"materials": (_paper("M2", "专职人员名单和承诺", origin="upload"),)}, 110),
        *_reviewed("D212", "S1", "补交的人员名单齐全"),
        *_reviewed("D212", "S2", "同意", head=True),
        _decided("D212", "演示证 J26-0001"),
    ),
    (*_RECEIVED, "case-accepted", "tolerance-granted", "owed-settled", "case-decided"),
    firm=True,
)  # fmt: skip

CORRECTION = Story(
    "correction", "补正", "correction", "C03", "C", "示例小馆餐饮（北京）有限公司",
    (_paper("M1", "食品经营许可申请书", "D"), _paper("M2", "经营场所布局图（初稿）")),
    (
        Turn(
            DESK,
            "correction",
            {
                "defects": (
                    {"material": "M2", "what": "布局图未标明冷荤间和洗消区，请重绘"},
                    {"material": "M3", "what": "未提交食品安全规章制度"},
                ),
                "days": 10,
            },
            4,
        ),
        Turn(
            DESK,
            "supplement",
            {
                "materials": (
                    _paper("M2", "经营场所布局图（修改稿）", origin="upload"),
                    _paper("M3", "食品安全规章制度", origin="upload"),
                )
            },
            120,
        ),
        Turn(DESK, "accept", {}, 10),
        *_reviewed("D103", "S1", "书面材料齐全"),
        *_reviewed("D103", "S2", "现场与图纸一致", 40),
        *_reviewed("D103", "S3", "同意发证", head=True),
        _decided("D103", "演示证 C03-0001"),
    ),
    (
        *_RECEIVED, "correction-told", "case-supplemented", "case-accepted", "steps-opened", "opinion-given",
        "case-decided",
    ),
    firm=True,
)  # fmt: skip

SPECIAL = Story(
    "special", "特别程序", "special procedure", "C30", "C", "示例气体充装（北京）有限公司",
    (
        _paper("M1", "充装许可申请书", "D"), _paper("M2", "鉴定评审约请函"), _paper("M3", "质量手册"),
        _paper("M4", "充装站安全评价报告"),
    ),
    (
        Turn(DESK, "accept", {}, 4),
        Turn("D104-2", "steps/S1/claim", {}, 30),
        Turn("D104-2", "review/special/start", {"step": "T1", "notice": "鉴定评审告知书", "days": 15}, 60, 1),
        Turn("D104-2", "review/special/end", {"finding": "鉴定评审合格"}, 55, 3),
        Turn("D104-2", "steps/S1/opinion", {"verdict": "agree", "text": "鉴定评审合格，书面材料齐全"}, 15),
        *_reviewed("D104", "S2", "现场符合要求", 60),
        *_reviewed("D104", "S3", "同意许可", head=True),
        _decided("D104", "演示证 C30-0001"),
    ),
    (*_RECEIVED, "case-accepted", "special-started", "special-ended", "opinion-given", "case-decided"),
    firm=True, before=4, at=75,
)  # fmt: skip

JOINT = Story(
    "joint", "联合审图", "joint drawing review", "M01", "M", "示例建设开发（北京）有限公司",
    (
        _paper("M1", "建筑工程施工许可申请表", "D"), _paper("M2", "施工图设计文件"),
        _paper("M3", "施工合同和监理合同"), _paper("M4", "质量和安全保证措施"), _paper("M5", "资金落实承诺书", "D"),
    ),
    (
        Turn(DESK, "accept", {}, 4),
        Turn("D301-2", "steps/S1/claim", {}, 40),
        Turn("D301-2", "steps/S1/opinion", {"verdict": "agree"}, 10),
        Turn("D301-2", "steps/S2/claim", {}, 30, 1),
        Turn("D311-2", "steps/S3/claim", {}, 5),
        Turn(
            "D301-2",
            "steps/S2/opinion",
            {
                "verdict": "return",
                "text": "结构计算书与图纸不符",
                "defects": ({"material": "M2", "what": "三层梁配筋与计算书不符"},),
            },
            60,
        ),
        Turn(
            "D311-2",
            "steps/S3/opinion",
            {
                "verdict": "return",
                "text": "疏散宽度不足",
                "defects": ({"material": "M2", "what": "疏散楼梯净宽不足 1.1 米"},),
            },
            20,
        ),
        *_reviewed("D308", "S4", "人防面积符合要求"),
        *_reviewed("D313", "S5", "抗震设防符合要求"),
        Turn(
            "D301-2",
            "review/correction",
            {"defects": ({"material": "M4", "what": "请补充深基坑支护措施"},), "days": 10},
            45,
            1,
        ),
        Turn(
            DESK,
            "supplement",
            {
                "materials": (
                    _paper("M2", "施工图设计文件（修改）", origin="upload"),
                    _paper("M4", "质量和安全保证措施（补充）", origin="upload"),
                )
            },
            50,
            1,
        ),
        *_reviewed("D301", "S2", "配筋已修改", 30),
        *_reviewed("D311", "S3", "疏散宽度已修改"),
        *_reviewed("D301", "S6", "各部门意见已合并", 30),
        *_reviewed("D301", "S7", "同意", head=True),
        _decided("D301", "演示证 M01-0001"),
    ),
    (
        *_RECEIVED, "case-accepted", "steps-opened", "opinion-given", "correction-told", "case-resubmitted",
        "opinion-given", "case-decided",
    ),
    firm=True, before=3, at=30,
)  # fmt: skip

REFUSED = Story(
    "refused", "不予受理", "refused", "N06", "N", "示例传媒（北京）有限公司",
    (_paper("M1", "户外广告设施设置申请表", "D"), _paper("M2", "设置位置和效果图")),
    (
        Turn(
            DESK,
            "refuse",
            {
                "reason": "拟设位置在文物保护范围内，不属于可以设置户外广告的区域",
                "basis": "《城市市容和环境卫生管理条例》第十一条；《行政许可法》第三十二条第一款",
            },
            5,
        ),
    ),
    (*_RECEIVED, "acceptance-refused"),
    firm=True,
)  # fmt: skip

DEEMED = Story(
    "deemed", "视为受理", "deemed accepted", "E20", "E", "示例劳务派遣（北京）有限公司",
    (
        _paper("M1", "劳务派遣经营许可申请书", "D", "online"), _paper("M2", "财务审计报告", "C", "online"),
        _paper("M3", "经营场所使用证明", "C", "online"), _paper("M4", "劳务派遣管理制度", "C", "online"),
    ),
    (
        Turn("D201-2", "steps/S1/claim", {}, 60, 6),
        Turn("D201-2", "steps/S1/opinion", {"verdict": "agree", "text": "逾期视为受理，书面材料符合要求"}, 30),
    ),
    (*_RECEIVED, "case-deemed-accepted", "steps-opened", "opinion-given"),
    firm=True, via=ONLINE, before=6, at=5,
)  # fmt: skip

ELSEWHERE = Story(
    "external", "外部系统", "external", "O03", "O", "沈若谷",
    (),
    (
        Turn(
            DESK,
            "milestones",
            {"id": "m-1", "kind": "accepted", "happened_at": Ago(2), "said": "公安系统已受理"},
            20,
        ),
        Turn(DESK, "milestones", {"id": "m-2", "kind": "review", "happened_at": Ago(5), "said": "派出所核查"}, 30),
        Turn(
            DESK,
            "milestones",
            {
                "id": "m-3",
                "kind": "decided",
                "happened_at": Ago(3),
                "said": "准予迁入",
                "granted": True,
                "result": "准予迁入证明 O03-0001",
            },
            40,
        ),
        Turn(DESK, "deliver", {"how": "window", "to": "沈若谷"}, 20),
    ),
    ("external-case-registered", "milestone-imported", "milestone-imported", "milestone-imported", "result-delivered"),
    via=EXTERNAL, external="GA-2026-0031877",
)  # fmt: skip

STORIES = (IMMEDIATE, PROMISED, TOLERANCE, CORRECTION, SPECIAL, JOINT, REFUSED, DEEMED, ELSEWHERE)
BY_KIND = {story.kind: story for story in STORIES}
DAYS_BEFORE = max(story.before for story in STORIES)
