"""What is wrong with a catalogue. Pure; every problem names its field as ``items[3].materials[0].grade``, from 0."""

from __future__ import annotations

from collections.abc import Container, Iterator

from hub.domain.catalogue.item import (
    CHANNELS,
    GRADES,
    IMMEDIATE,
    JOINT,
    PLACES,
    PROMISED,
    RETURN,
    SINGLE,
    TERMINATE,
    TYPES,
    Catalogue,
    Item,
    MaterialRule,
    Overlay,
)
from hub.domain.catalogue.routes import problems_of_route
from hub.domain.hall.problems import (
    Problem,
    missing,
    named,
    no_choice,
    one_line,
    out_of_range,
    topic_name,
    twice,
    unique,
    within,
)
from hub.domain.hall.profile import HallProfile

MOST_ITEMS = 20_000
LONGEST_ITEM_NAME = 200
LONGEST_TEXT = 300
"""Characters of a condition, a legal basis or a fee's rule."""
LONGEST_NAME = 120
"""Characters of a material, a step, a fee or a result."""
LONGEST_KEYWORD = 20
MOST_OF_A_KIND = 100
"""Materials, conditions, fees … of one item."""
LONGEST_LIMIT = 3650
RESULTS = ("certificate", "approval", "record", "none")


def check(catalogue: Catalogue, profile: HallProfile) -> list[Problem]:
    """Every problem of the catalogue under that profile, in its order; empty when it may be published."""
    if not catalogue.items:
        return [Problem("items", "至少要有一个事项", "at least one item is needed")]
    if len(catalogue.items) > MOST_ITEMS:
        return [Problem("items", f"最多 {MOST_ITEMS} 个事项", f"at most {MOST_ITEMS} items")]
    return list(_problems(catalogue, profile))


def _problems(catalogue: Catalogue, profile: HallProfile) -> Iterator[Problem]:
    departments = {each.code: each.floor for each in profile.departments}
    floors = {each.letter: each.floors for each in profile.categories}
    categories = {overlay.item: overlay.category for overlay in catalogue.overlays}
    yield from unique("items", "code", (item.code for item in catalogue.items))
    for n, item in enumerate(catalogue.items):
        path = f"items[{n}]"
        for problem in problems_of_item(item):
            yield Problem(f"{path}.{problem.path}", problem.zh, problem.en)
        where, served = departments.get(item.department), floors.get(categories.get(item.code, ""))
        if where is None:
            yield missing(f"{path}.department", "部门", "department", item.department)
        elif item.place == "centre" and served is not None and where not in served:
            yield Problem(
                f"{path}.department",
                f"部门 {item.department} 在 {where} 层，类别 {categories[item.code]} 不在这一层办理",
                f"{item.department} is on floor {where}, where category {categories[item.code]} is not served",
            )
        for k, step in enumerate(item.route):
            if step.department not in departments:
                yield missing(f"{path}.route[{k}].department", "部门", "department", step.department)
        if item.place == "centre" and item.code not in categories:
            yield Problem(
                f"{path}.place",
                "在中心办理的事项要有业务类别",
                "an item of the centre needs an overlay with its category",
            )
    yield from _overlays(catalogue, floors)


def problems_of_item(item: Item) -> Iterator[Problem]:
    """What is wrong with an item by itself, without its hall; paths begin with the item's field."""
    yield from topic_name("code", item.code)
    yield from _name("", item.zh, item.en, LONGEST_ITEM_NAME)
    for field, value, known in (
        ("type", item.type, TYPES),
        ("kind", item.kind, (IMMEDIATE, PROMISED)),
        ("handling", item.handling, (SINGLE, JOINT)),
        ("place", item.place, PLACES),
        ("tolerance_overdue", item.tolerance_overdue, (RETURN, TERMINATE)),
        ("result.kind", item.result.kind, RESULTS),
    ):
        if value not in known:
            yield no_choice(field, value, known)
    for field, text in (("basic", item.basic), ("implementation", item.implementation), ("external", item.external)):
        yield from one_line(field, text, LONGEST_NAME)
    for field, texts in (("basis", item.basis), ("conditions", item.conditions)):
        yield from _texts(field, texts, LONGEST_TEXT)
    yield from _texts("keywords", item.keywords, LONGEST_KEYWORD)
    yield from unique("channels", "", item.channels)
    for n, channel in enumerate(item.channels):
        if channel not in CHANNELS:
            yield no_choice(f"channels[{n}]", channel, CHANNELS)
    yield from _limits(item)
    yield from _materials(item)
    yield from _named_rows(item)
    yield from problems_of_route(item.route)
    if item.handling == JOINT and item.route and sum(step.lead for step in item.route) != 1:
        yield Problem("route", "联合办理要有一个牵头环节", "joint handling needs one step that leads")
    yield from _whole(item)


def _limits(item: Item) -> Iterator[Problem]:
    for field, days in (("legal_days", item.legal_days), ("promised_days", item.promised_days)):
        if days is not None:
            yield from within(field, days, 0, LONGEST_LIMIT)
    if item.legal_days is not None and item.promised_days is not None and item.promised_days > item.legal_days:
        yield Problem(
            "promised_days",
            f"承诺 {item.promised_days} 天超过法定 {item.legal_days} 天",
            f"{item.promised_days} days promised are more than the {item.legal_days} that the law allows",
        )
    yield from within("intake_days", item.intake_days, 1, 60)
    yield from within("tolerance_days", item.tolerance_days, 1, 365)
    yield from within("visits", item.visits, 0, 20)
    if item.once and item.visits > 1:
        yield Problem("visits", "最多跑一次的事项最多到场一次", "an item of at most one trip has at most one visit")
    if item.kind == IMMEDIATE and item.promised_days:
        yield Problem("promised_days", "即办件当场办结，承诺期限为 0", "done at once means 0 days promised")
    if item.external and (item.deemed or item.special_steps or item.route):
        yield Problem(
            "external",
            "在外部系统办理的事项，本系统不计时、不审批",
            "an item with another system of record has no clock, special steps or route here",
        )


def _materials(item: Item) -> Iterator[Problem]:
    yield from unique("materials", "code", (each.code for each in item.materials))
    if len(item.materials) > MOST_OF_A_KIND:
        yield out_of_range("materials", len(item.materials), 0, MOST_OF_A_KIND)
    for n, each in enumerate(item.materials):
        yield from _material(f"materials[{n}]", each)
    if item.tolerance and not any(each.now and not each.main for each in item.materials):
        yield Problem("tolerance", "容缺受理要有次审材料", "tolerance needs a secondary material that may be owed")
    if item.promise and not any(each.now and each.waivable for each in item.materials):
        yield Problem("promise", "告知承诺要有可以承诺代替的材料", "a promise needs a waivable material")


def _material(path: str, material: MaterialRule) -> Iterator[Problem]:
    yield from topic_name(f"{path}.code", material.code)
    yield from _name(f"{path}.", material.zh, material.en, LONGEST_NAME)
    yield from one_line(f"{path}.reuse", material.reuse, 64)
    if material.grade not in GRADES:
        yield no_choice(f"{path}.grade", material.grade, GRADES)
    if material.valid_days is not None:
        yield from within(f"{path}.valid_days", material.valid_days, 1, 36_500)
    if not material.before and not material.now:
        yield Problem(f"{path}.now", "以前和现在都不收的材料不必写", "asked for neither before nor now")


def _named_rows(item: Item) -> Iterator[Problem]:
    yield from unique("special_steps", "code", (each.code for each in item.special_steps))
    for n, step in enumerate(item.special_steps):
        yield from topic_name(f"special_steps[{n}].code", step.code)
        yield from _name(f"special_steps[{n}].", step.zh, step.en, LONGEST_NAME)
    for n, fee in enumerate(item.fees):
        yield from _name(f"fees[{n}].", fee.zh, fee.en, LONGEST_NAME)
        yield from one_line(f"fees[{n}].basis", fee.basis, LONGEST_TEXT)
        yield from within(f"fees[{n}].amount", fee.amount, 0, 10**11)
    for field, count in (("special_steps", len(item.special_steps)), ("fees", len(item.fees))):
        if count > MOST_OF_A_KIND:
            yield out_of_range(field, count, 0, MOST_OF_A_KIND)
    yield from _name("result.", item.result.zh, item.result.en, LONGEST_NAME)
    if item.result.valid_days is not None:
        yield from within("result.valid_days", item.result.valid_days, 1, 36_500)


def _whole(item: Item) -> Iterator[Problem]:
    """What an item that calls itself complete must say."""
    if not item.complete:
        return
    if item.type == "licence" and not item.basis:
        yield Problem("basis", "行政许可要有设定依据", "a licence needs its legal basis")
    if not any(each.now for each in item.materials):
        yield Problem("materials", "要素齐全的事项要列出材料", "a complete item lists its materials")
    if item.kind == PROMISED and not item.external and item.promised_days is None:
        yield Problem("promised_days", "承诺件要有承诺期限", "a promised item needs its promised days")
    if item.kind == PROMISED and not item.external and item.place == "centre" and not item.route:
        yield Problem("route", "承诺件要有审批环节", "a promised item needs the route of its review")


def _overlays(catalogue: Catalogue, categories: Container[str]) -> Iterator[Problem]:
    places = {item.code: item.place for item in catalogue.items}
    yield from unique("overlays", "item", (overlay.item for overlay in catalogue.overlays))
    for n, overlay in enumerate(catalogue.overlays):
        path = f"overlays[{n}]"
        yield from _overlay(path, overlay)
        place = places.get(overlay.item)
        if place is None:
            yield missing(f"{path}.item", "事项", "item", overlay.item)
        elif place != "centre":
            yield Problem(
                f"{path}.item",
                f"{overlay.item} 不在中心办理，不能取号",
                f"{overlay.item} is done elsewhere: no numbers",
            )
        if overlay.category not in categories:
            yield missing(f"{path}.category", "业务类别", "category", overlay.category)


def _overlay(path: str, overlay: Overlay) -> Iterator[Problem]:
    yield from one_line(f"{path}.window_group", overlay.window_group, 40)
    if overlay.minutes is not None and not 0.1 <= overlay.minutes <= 480:
        yield out_of_range(f"{path}.minutes", overlay.minutes, 0.1, 480)


def _name(path: str, zh: str, en: str, longest: int) -> Iterator[Problem]:
    for problem in named("x", zh, en, longest):
        yield Problem(path + problem.path.removeprefix("x."), problem.zh, problem.en)


def _texts(field: str, texts: tuple[str, ...], longest: int) -> Iterator[Problem]:
    if len(texts) > MOST_OF_A_KIND:
        yield out_of_range(field, len(texts), 0, MOST_OF_A_KIND)
    for n, text in enumerate(texts):
        yield from one_line(f"{field}[{n}]", text, longest)
        if not text.strip():
            yield Problem(f"{field}[{n}]", "内容是空的", "is empty")
        if text in texts[:n]:
            yield twice(f"{field}[{n}]", text[:40])
