"""The ring of keys, and a hall that changes its key over the line."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from hub.sync.identity import BadKey, load_identity, new_identity, public_key, save_identity
from hub.sync.keyring import KeyRing
from hub.sync.rotation import OVERLAP_MS, KeyChange, NewKey, announced, announcement
from hub.sync.signed_app import SignedApp
from hub.sync.signed_message import Distrusted
from hub.sync.signing import AnswerSigner, Verified
from hub.sync.trust_routes import trust_routes
from tests.sync.parties import HALL, Parties


def test_a_key_file_is_its_owners_alone_and_is_never_written_over(tmp_path: Path) -> None:
    made = new_identity()
    path = tmp_path / "signing.pem"
    save_identity(made, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_identity(path).keyid == made.keyid
    with pytest.raises(FileExistsError):
        save_identity(new_identity(), path)
    path.chmod(0o644)
    with pytest.raises(BadKey, match="chmod 600"):
        load_identity(path)


@pytest.mark.parametrize("text", ["", "abc", "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----", "AAAA", "…"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        public_key(text)


def test_a_change_by_another_process_takes_effect_at_once(tmp_path: Path) -> None:
    running, command = KeyRing(tmp_path / "halls.json"), KeyRing(tmp_path / "halls.json")
    key = new_identity()
    assert running.find(key.keyid, 5) is None
    command.add(HALL, key.public, 5)
    assert (running.find(key.keyid, 4) or fail()).problem
    assert not (running.find(key.keyid, 5) or fail()).problem
    command.retire(key.keyid, 7)
    assert "retired" in (running.find(key.keyid, 7) or fail()).problem


def test_a_key_of_one_hall_is_never_taken_for_another(tmp_path: Path) -> None:
    ring, key = KeyRing(tmp_path / "halls.json"), new_identity()
    ring.add(HALL, key.public, 1)
    with pytest.raises(BadKey):
        ring.add("xicheng", key.public, 1)
    with pytest.raises(BadKey):
        ring.revoke("xicheng", key.keyid, 1)


def test_revoking_a_key_revokes_what_it_announced(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "halls.json")
    first, second, third, other = (new_identity() for _ in range(4))
    ring.add(HALL, first.public, 1)
    ring.add(HALL, second.public, 2, by=first.keyid)
    ring.add(HALL, third.public, 3, by=second.keyid)
    ring.add(HALL, other.public, 4)
    ring.revoke(HALL, first.keyid, 5)
    assert {key.keyid for key in ring.keys(HALL) if not key.revoked} == {other.keyid}
    with pytest.raises(BadKey):
        ring.add(HALL, third.public, 6)


def test_a_ring_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "halls.json").write_text("[{]")
    with pytest.raises(BadKey, match="读不懂"):
        KeyRing(tmp_path / "halls.json").keys()


async def test_a_hall_changes_its_key_over_the_line_and_both_count_while_they_overlap(tmp_path: Path) -> None:
    parties = Parties(tmp_path)
    app = parties._served()
    app.router.routes[:0] = trust_routes(parties.halls).routes
    parties.app = SignedApp(app, parties.verifier, AnswerSigner(lambda: parties.city))
    path = tmp_path / "signing.pem"
    save_identity(parties.hall, path)
    change = KeyChange(path)
    new = change.begin()
    assert KeyChange(path).begin().keyid == new.keyid  # a hub killed in between goes on with the same key
    url = f"/sync/v1/halls/{HALL}/keys/{new.keyid}"
    body = msgspec.json.encode(announcement(HALL, new))
    async with parties.client() as client:
        answers = [await client.put(url, content=body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content
    change.finish()
    assert load_identity(path).keyid == new.keyid
    for identity in (parties.hall, new):
        async with parties.client(parties.line(parties.signer(identity))) as client:
            assert (await client.post(f"/sync/v1/halls/{HALL}/e1/entries", content=b"[]")).is_success
    keys = {key.keyid: key for key in parties.halls.keys(HALL)}
    assert keys[new.keyid].by == parties.hall.keyid
    assert keys[parties.hall.keyid].until > 0


def verified(keyid: str, owner: str = HALL) -> Verified:
    return Verified(owner, keyid, 0)


def test_an_announcement_without_proof_of_the_new_key_is_refused(tmp_path: Path) -> None:
    ring, old, new = KeyRing(tmp_path / "halls.json"), new_identity(), new_identity()
    ring.add(HALL, old.public, 1)
    stolen = msgspec.json.encode(NewKey(new.public, announcement(HALL, old).proof))
    with pytest.raises(Distrusted, match="not signed its announcement"):
        announced(ring, verified(old.keyid), HALL, new.keyid, stolen, 2)
    good = msgspec.json.encode(announcement(HALL, new))
    for keyid, owner in ((old.keyid, "xicheng"), ("0" * 32, HALL)):
        with pytest.raises(Distrusted):
            announced(ring, verified(old.keyid, owner), HALL, keyid, good, 2)
    assert announced(ring, verified(old.keyid), HALL, new.keyid, good, 2).retired == 2 + OVERLAP_MS


def fail() -> object:
    raise AssertionError
