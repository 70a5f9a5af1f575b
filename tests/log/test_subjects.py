from __future__ import annotations

import stat

import pytest

from hub.log.subjects import Subjects, load_secret

SUBJECTS = Subjects(bytes(range(32)))


@pytest.mark.parametrize("written", ["13800001111", "138 0000-1111", "+86 138 0000 1111", "008613800001111"])
def test_a_phone_is_the_same_subject_however_it_is_written(written):
    assert SUBJECTS.of_phone(written) == SUBJECTS.of_phone("13800001111")


def test_a_subject_is_32_hex_characters_and_does_not_show_the_number():
    subject = SUBJECTS.of_phone("13800001111")
    assert len(bytes.fromhex(subject)) == 16
    assert "13800001111" not in subject


def test_other_people_kinds_and_secrets_are_other_subjects():
    subjects = {
        SUBJECTS.of_phone("13800001111"),
        SUBJECTS.of_phone("13800001112"),
        SUBJECTS.of_id("13800001111"),
        Subjects(bytes(32)).of_phone("13800001111"),
    }
    assert len(subjects) == 4


def test_the_last_letter_of_an_identity_number_may_be_small():
    assert SUBJECTS.of_id("11010519491231002x") == SUBJECTS.of_id("11010519491231002X")


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "hall.secret"
    secret = load_secret(path)
    assert len(secret) == 32
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["hall.secret"]


def test_half_a_secret_is_refused(tmp_path):
    (tmp_path / "hall.secret").write_bytes(b"short")
    with pytest.raises(ValueError, match="32"):
        load_secret(tmp_path / "hall.secret")


def test_a_secret_that_is_gone_is_not_made_again_for_a_log_that_has_begun(tmp_path):
    with pytest.raises(ValueError, match="gone"):
        load_secret(tmp_path / "hall.secret", begun=True)
    assert list(tmp_path.iterdir()) == []
