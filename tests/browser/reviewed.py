"""Four weeks of cases in review: some late, one due today, some stopped, a joint review that was sent back."""

from __future__ import annotations

from hub.domain.cases import commands as c
from hub.domain.cases import review_commands as rc
from hub.domain.cases.records import Defect
from tests.browser.hall import MINUTE, Demo
from tests.web.reviews import CIVIL, GREEN, HEALTH, PLANNING, hire, in_review, publish

DAY = 24 * 60 * MINUTE
NAMES = ("李悦", "王小明", "张伟", "刘芳", "陈静", "杨洋", "赵磊", "黄敏")


async def review_weeks(demo: Demo) -> dict[str, str]:
    """Cases by what is told of them; at the end it is ten in the morning, four weeks later."""
    hub = demo.hub
    hire(demo.access)
    await publish(hub)
    made: dict[str, str] = {}
    for n, days in enumerate((0, 1, 7, 14, 5, 2, 0)):
        demo.clock.advance(days * DAY if n else 0)
        await hub.keep()
        made[f"food-{n}"] = await in_review(hub, "C01", NAMES[n])
        made[f"joint-{n}"] = await in_review(hub, "L01", NAMES[n])
        if n % 3 == 0:
            made[f"fire-{n}"] = await in_review(hub, "M01", NAMES[n])
    await _acts(demo, made)
    return made


async def _acts(demo: Demo, made: dict[str, str]) -> None:
    hub, day, now = demo.hub, demo.hub.today, demo.hub.now()
    await demo.do(c.StartSpecial(made["food-3"], day, now, "shi", "test", "检验通知书 2026-7", 10))
    await demo.do(rc.ClaimStep(made["food-1"], day, now, "zhou", HEALTH, "examine"))
    await demo.do(rc.ClaimStep(made["joint-2"], day, now, "zhao", PLANNING, "draw"))
    await demo.do(rc.ClaimStep(made["joint-3"], day, now, "wang", PLANNING, "draw"))
    back = made["joint-1"]
    for by, department, step, defects in (
        ("ren", CIVIL, "air", (Defect("drawing", "人防出入口未标注，防护单元面积与说明不符"),)),
        ("lin", GREEN, "green", (Defect("drawing", "绿地率计算缺附属绿地"), Defect("sun", "缺冬至日日照分析"))),
    ):
        await demo.do(rc.GiveOpinion(back, day, now, by, department, step, "return", "需修改后再审", defects))
    await demo.do(rc.GiveOpinion(back, day, now, "wang", PLANNING, "draw", "agree", "总图符合规划条件"))
    await demo.do(rc.GiveOpinion(made["joint-4"], day, now, "ren", CIVIL, "air", "agree", "人防意见不外传"))
    await demo.do(rc.EscalateStep(made["joint-0"], now, "ren", "air", "标准有争议"))
    assert hub.today == day
