"""What is wrong with a profile's list of items. A profile may list none; one that lists any lists them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hub.domain.hall.problems import Problem, missing, named, one_line, topic_name, twice, unique
from hub.domain.hall.profile import HallProfile

LONGEST_ITEM_NAME = 80
"""Characters: names of items are sentences of the law, longer than those of places."""
LONGEST_KEYWORD = 20
MOST_KEYWORDS = 20


def check_items(profile: HallProfile) -> Iterator[Problem]:
    """Every problem of ``profile.items``, and each category whose ``items`` counts others than are listed."""
    if not profile.items:
        return
    floors = {each.letter: each.floors for each in profile.categories}
    departments = {each.code: each.floor for each in profile.departments}
    yield from unique("items", "code", (item.code for item in profile.items))
    names: set[str] = set()
    for n, item in enumerate(profile.items):
        path = f"items[{n}]"
        yield from topic_name(f"{path}.code", item.code)
        yield from named(path, item.zh, item.en, LONGEST_ITEM_NAME)
        if item.zh in names:
            yield twice(f"{path}.zh", item.zh)
        names.add(item.zh)
        yield from _keywords(path, item.keywords)
        where, department = floors.get(item.category), departments.get(item.department)
        if where is None:
            yield missing(f"{path}.category", "业务类别", "category", item.category)
        if department is None:
            yield missing(f"{path}.department", "部门", "department", item.department)
        elif where is not None and department not in where:
            yield Problem(
                f"{path}.department",
                f"部门 {item.department} 在 {department} 层，类别 {item.category} 不在这一层办理",
                f"department {item.department} is on floor {department}, where category {item.category} is not served",
            )
    yield from _counts(profile)


def _keywords(path: str, keywords: tuple[str, ...]) -> Iterator[Problem]:
    if len(keywords) > MOST_KEYWORDS:
        yield Problem(f"{path}.keywords", f"最多 {MOST_KEYWORDS} 个关键词", f"at most {MOST_KEYWORDS} keywords")
    for k, keyword in enumerate(keywords):
        yield from one_line(f"{path}.keywords[{k}]", keyword, LONGEST_KEYWORD)
        if not keyword.strip():
            yield Problem(f"{path}.keywords[{k}]", "关键词是空的", "is empty")


def _counts(profile: HallProfile) -> Iterator[Problem]:
    listed = Counter(item.category for item in profile.items)
    for n, each in enumerate(profile.categories):
        if listed[each.letter] != each.items:
            yield Problem(
                f"categories[{n}].items",
                f"写了 {each.items} 个事项，清单里有 {listed[each.letter]} 个",
                f"says {each.items} items, but {listed[each.letter]} are listed",
            )
