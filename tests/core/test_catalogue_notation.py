"""Lines for materials, steps and fees: what is written is read again, what is wrong is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import catalogue_notation as notation
from hub.core.catalogue_notation import BadLine
from hub.domain.catalogue.item import Fee, MaterialRule, Result, RouteStep, SpecialStep

_text = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
_name = st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True)
_days = st.integers(0, 9999)

MATERIALS = st.builds(
    MaterialRule,
    code=_name,
    zh=_text,
    en=_text,
    main=st.booleans(),
    before=st.booleans(),
    now=st.booleans(),
    waivable=st.booleans(),
    grade=st.sampled_from("ABCD"),
    reuse=st.just("") | _name,
    valid_days=st.none() | _days,
)
STEPS = st.builds(
    RouteStep,
    id=_name,
    zh=_text,
    en=_text,
    department=_name,
    role=_name,
    after=st.lists(_name, max_size=3).map(tuple),
    join=st.sampled_from(("all", "any")),
    days=_days,
    opinion=st.booleans(),
    on_timeout=st.sampled_from(("escalate", "pass", "wait")),
    lead=st.booleans(),
)


@given(MATERIALS)
def test_a_material_is_read_as_it_is_written(made: MaterialRule):
    assert notation.material(notation.material_line(made)) == made


@given(STEPS)
def test_a_step_is_read_as_it_is_written(made: RouteStep):
    assert notation.route_step(notation.route_step_line(made)) == made


@given(st.builds(Fee, zh=_text, en=_text, amount=st.integers(0, 10**12), basis=st.just("") | _text))
def test_a_fee_is_read_as_it_is_written(made: Fee):
    assert notation.fee(notation.fee_line(made)) == made


@given(st.builds(SpecialStep, _name, _text, _text, st.booleans()), st.builds(Result, _name, _text, _text))
def test_special_steps_and_results_are_read_as_they_are_written(step: SpecialStep, result: Result):
    assert notation.special_step(notation.special_step_line(step)) == step
    assert notation.result(notation.result_line(result)) == result


def test_full_width_bars_and_commas_will_do():
    made = notation.material("M1｜身份证｜ID card｜secondary，grade B")
    assert made == MaterialRule("M1", "身份证", "ID card", main=False, grade="B")


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (notation.material, "M1 | 身份证"),
        (notation.material, "M1 | 身份证 | ID card | main | more"),
        (notation.material, "M1 | 身份证 | ID card | primary"),
        (notation.material, "M1 | 身份证 | ID card | valid ten"),
        (notation.material, "M1 | 身份证 | ID card | grade"),
        (notation.route_step, "S1 | 审查 | Review | D101 | no"),
        (notation.special_step, "T1 | 听证 | Hearing"),
        (notation.special_step, "T1 | 听证 | Hearing | maybe"),
        (notation.fee, "工本费 | Cost | 4.505 | 依据"),
        (notation.fee, "工本费 | Cost | NaN | 依据"),
        (notation.fee, "工本费 | Cost | 1e400 | 依据"),
        (notation.fee, "工本费 | Cost"),
        (notation.result, "certificate | 证 | Card | for ever"),
    ],
)
def test_what_is_no_line_is_told_in_both_languages(read, line: str):
    with pytest.raises(BadLine) as bad:
        read(line)
    assert bad.value.zh
    assert bad.value.en
