"""What people type, and what they find first."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.views.item_search import ItemIndex, texts_of
from hub.views.pinyin import readings
from tests.domain.hall.halls import DEFAULT, WARSAW

READ = readings(texts_of(DEFAULT))
INDEX = ItemIndex(DEFAULT, READ)


def found(query: str, category: str | None = None, department: str | None = None) -> list[str]:
    return [each.item.zh for each in INDEX.search(query, category, department)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("gtgshsl", "个体工商户设立登记"),
        ("GTGSHSL", "个体工商户设立登记"),
        ("gtgs", "个体工商户设立登记"),
        ("getigongshanghushe", "个体工商户设立登记"),
        ("getigshsl", "个体工商户设立登记"),
        ("个体工商户", "个体工商户设立登记"),
        ("工商户 注销", "个体工商户注销登记"),
        ("jhdj", "结婚登记"),
        ("marriage", "结婚登记"),
        ("divorce reg", "离婚登记"),
        ("F01", "结婚登记"),
        ("sfz", "居民身份证首次申领"),
        ("身份证 丢失", "居民身份证补领"),
        ("kjdl", "会计代理记账机构执业资格审批"),
        ("kuaiji", "会计代理记账机构执业资格审批"),
        ("zdcjr", "重度残疾人护理补贴申领"),
        ("chongxin", "环境影响评价文件重新审核"),
        ("lxs", "旅行社设立许可"),
        ("jiaoyan", "医疗机构校验"),
        ("yyzz", "营业执照遗失补领"),
        ("passport", "普通护照首次申请"),
        ("ktv", "歌舞娱乐场所设立审批"),
        ("gjj", "住房公积金提取"),
    ],
)
def test_an_item_is_found_as_people_call_it(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_what_begins_so_comes_before_what_only_holds_it_and_ties_keep_the_profiles_order() -> None:
    names = found("登记")
    assert names == [item.zh for item in DEFAULT.items if "登记" in item.zh]
    names = found("jh")
    assert names[:1] == ["结婚登记"]
    starts = [READ[name][0][0] + READ[name][1][0] == "jh" for name in names]
    assert starts == sorted(starts, reverse=True)


def test_a_department_or_category_finds_its_items_last() -> None:
    assert found("民政局")[0] == "结婚登记"
    assert set(found("民政局")) >= {item.zh for item in DEFAULT.items if item.department == "D202"}


def test_a_single_letter_finds_beginnings_only() -> None:
    assert all(READ[name][0][0] == "t" or en.lower().startswith("t") or keyed for name, en, keyed in _facts("t"))


def _facts(query: str) -> list[tuple[str, str, bool]]:
    hits = [each.item for each in INDEX.search(query)]
    return [
        (item.zh, item.en, any(word.lower().startswith(query) or READ[word][0][0] == query for word in item.keywords))
        for item in hits
    ]


def test_a_search_stays_within_its_category_and_department() -> None:
    assert found("", "M") == [item.zh for item in DEFAULT.items if item.category == "M"]
    assert found("", "M", "D311") == [item.zh for item in DEFAULT.items if item.department == "D311"]
    assert "结婚登记" not in found("djh", "A")
    assert found("gtgsh", "A") == ["个体工商户设立登记"]


def test_what_answers_nothing_finds_nothing() -> None:
    assert found("qqqq") == []
    assert found("结婚 passport") == []
    assert ItemIndex(WARSAW, {}).search("a") == []


def test_without_readings_names_are_still_found_by_their_characters() -> None:
    plain = ItemIndex(DEFAULT, {})
    assert plain.search("结婚登记")[0].item.code == "F01"
    assert plain.search("marriage")[0].item.code == "F01"
    assert plain.search("jhdj") == []


@given(st.sampled_from(DEFAULT.items), st.data())
def test_every_item_is_found_by_any_run_of_its_initials_and_of_its_pinyin(item: object, data: st.DataObject) -> None:
    syllables = READ[item.zh]  # type: ignore[attr-defined]
    start = data.draw(st.integers(0, len(syllables) - 2))
    end = data.draw(st.integers(start + 2, len(syllables)))
    initials = "".join(syllable[0] for syllable in syllables[start:end])
    assert item in [each.item for each in INDEX.search(initials)]
    spelt = "".join(syllables[start:end])
    part = spelt[: data.draw(st.integers(2, len(spelt)))]
    assert item in [each.item for each in INDEX.search(part[:40])]


@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered(query: str) -> None:
    INDEX.search(query)


def test_a_search_takes_a_few_milliseconds_at_most() -> None:
    began = time.perf_counter()
    for query in ("gtgshsl", "zhengming", "g", "身份证"):
        INDEX.search(query)
    assert time.perf_counter() - began < 4 * 0.05
