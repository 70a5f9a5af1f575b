"""Identity numbers and credit codes are known by their check signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.cases.identity import is_credit_code, is_identity_number


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "11010519491231002x"])
def test_numbers_of_the_standard_are_known(number: str) -> None:
    assert is_identity_number(number)


@pytest.mark.parametrize("number", ["", "11010519491231002", "110105194912310021", "110105194913310020", "1" * 18])
def test_what_is_no_identity_number_is_refused(number: str) -> None:
    assert not is_identity_number(number)


def test_a_credit_code_is_known_and_a_slip_of_one_sign_is_seen() -> None:
    assert is_credit_code("91350100M000100Y43")
    assert not is_credit_code("91350100M000100Y44")
    assert not is_credit_code("9135O100M000100Y43")


@given(st.text(max_size=20))
def test_any_text_is_answered(text: str) -> None:
    assert is_identity_number(text) in (True, False)
    assert is_credit_code(text) in (True, False)
