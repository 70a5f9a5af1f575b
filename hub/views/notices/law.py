"""The paragraphs that notices cite, and the sentences that the law wants in them.

行政许可法 binds licences: other items cite their own basis. 国发〔2022〕5号 is the rule on 容缺受理, 国办发〔2020〕42号
the one on 告知承诺.
"""

from __future__ import annotations

from hub.domain.cases.clocks import LICENCE
from hub.domain.catalogue.item import JOINT, Item
from hub.domain.hall.profile import Remedies

_LAW = "《中华人民共和国行政许可法》"
TOLERANCE_RULE = "《国务院关于加快推进政务服务标准化规范化便利化的指导意见》（国发〔2022〕5号）"
PROMISE_RULE = "《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）"

RECEIVED = "第二十九条、第三十二条第一款第四项"
ACCEPTED = "第三十二条第一款第五项、第二款"
DEEMED = "第三十二条第一款第四项、第二款"
NOT_ACCEPTED = "第三十二条第二款"
CORRECTED = "第三十二条第一款第四项"
EXAMINED = "第三十四条第一款"
VERIFIED_ON_SITE = "第三十四条第三款"
EXCLUDED = "第四十五条"
GRANTED = "第三十八条第一款"
REFUSED = "第三十八条第二款"
SERVED = "第四十四条"
REVOKED = "第六十九条"


def cited(item: Item, paragraph: str, *more: str) -> tuple[str, ...]:
    """The law's paragraph where it binds the item, what the act itself names, then the item's own basis."""
    law = (_LAW + paragraph,) if item.type == LICENCE and paragraph else ()
    own = item.basis or (f"“{item.zh}”事项办理规定（事项编码 {item.code}）",)
    return tuple(dict.fromkeys((*law, *(text.strip() for text in more if text.strip()), *own)))


def extended(item: Item) -> str:
    return "第四十二条第二款" if item.handling == JOINT else "第四十二条第一款"


def remedies(document: str, named: Remedies) -> str:
    """行政许可法 §38, 行政复议法 §20 and §24, 行政诉讼法 §46: what a refusal has to tell, and to whom to turn."""
    body = named.review_body or "本级人民政府（依法由上一级主管部门管辖的，向上一级主管部门）"
    court = named.court or "有管辖权的人民法院"
    return (
        f"如不服本{document}，可以自收到本{document}之日起六十日内，依照《中华人民共和国行政复议法》向{body}"
        "申请行政复议；也可以自收到之日起六个月内，"
        f"依照《中华人民共和国行政诉讼法》向{court}提起行政诉讼。"
    )
