"""``hallhub sync keys``, ``sync ca`` and ``receiver keys``: who is who on the line, and for how long."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from hub.cli.configured import settings_of, state_of, text_of
from hub.ops.faults import BUSY, DONE, REFUSED, Fault

if TYPE_CHECKING:
    from hub.sync.authority import Authority, Issued
    from hub.sync.keyring import KeyRing, RingKey
    from hub.sync.rotation import Call
    from hub.sync.trust_paths import TrustPaths

T = TypeVar("T")


def new_key(arguments: argparse.Namespace) -> int:
    """The public key is the last word printed, to be handed to the city."""
    from hub.sync.identity import new_identity, save_identity

    paths = _paths(arguments)
    made = new_identity()
    try:
        save_identity(made, paths.signing)
    except FileExistsError:
        raise Fault(
            REFUSED,
            f"{paths.signing} 已有密钥。更换请用 hallhub sync keys rotate；确已失密再移走文件。",
            f"There is a key in {paths.signing}. Change it by hallhub sync keys rotate; move the file away only if the "
            "key was stolen.",
        ) from None
    print(f"签名密钥 Signing key {made.keyid} → {paths.signing}\n公钥交给市里 Hand the public key to the city:")
    print(made.public)
    return DONE


def show_key(arguments: argparse.Namespace) -> int:
    """The public key is the last word printed."""
    from hub.sync.identity import load_identity

    paths = _paths(arguments)
    with _told():
        found = load_identity(paths.signing)
        _print_keys(_ring(paths.online).keys(), "网上大厅 online hall")
    print(f"本大厅的签名密钥 This hall's signing key {found.keyid}\n{found.public}")
    return DONE


def trust_key(arguments: argparse.Namespace) -> int:
    """Beside those that are known already: so the online hall's key changes without a gap."""
    with _told():
        known = _ring(_paths(arguments).online).add("online", cast("str", arguments.key), _now())
    print(f"已信任 Trusted {known.keyid}")
    return DONE


def distrust_key(arguments: argparse.Namespace) -> int:
    with _told():
        _ring(_paths(arguments).online).revoke("online", cast("str", arguments.keyid), _now())
    print(f"不再信任 No longer trusted {arguments.keyid}")
    return DONE


def rotate_key(arguments: argparse.Namespace) -> int:
    """Over the line; a running hub signs with the new key from its next request."""
    from hub.sync.rotation import change_key

    paths, hall = _paths(arguments), cast("str", arguments.hall)
    taken = _over_the_line(arguments, paths, lambda call: change_key(call, hall, paths.signing))
    print(f"新密钥已启用 The new key is in use: {taken.keyid}")
    return DONE


def renew_certificate(arguments: argparse.Namespace) -> int:
    """Over the line, where the city's receiver signs."""
    from hub.sync.renewal import renew

    paths, hall = _paths(arguments), cast("str", arguments.hall)
    issued = _over_the_line(arguments, paths, lambda call: renew(call, hall, paths.pair))
    print(f"新证书 The new certificate ends {issued.not_valid_after_utc:%Y-%m-%d}")
    return DONE


def request_certificate(arguments: argparse.Namespace) -> int:
    """To be carried to the city; the key stays here."""
    from hub.sync.renewal import Renewal

    with _told():
        asked = Renewal(_paths(arguments).pair).request(cast("str", arguments.hall))
    if arguments.output is None:
        sys.stdout.write(asked.decode())
    else:
        cast("Path", arguments.output).write_bytes(asked)
    return DONE


def accept_certificate(arguments: argparse.Namespace) -> int:
    from hub.sync.renewal import Renewal

    paths = _paths(arguments)
    with _told():
        Renewal(paths.pair).finish(cast("str", arguments.hall), text_of(arguments.file).encode())
    print(f"证书已启用 The certificate is in use: {paths.pair}")
    return DONE


def begin_authority(arguments: argparse.Namespace) -> int:
    from hub.sync.authority import Authority

    try:
        made = Authority.begin(cast("Path", arguments.folder), cast("str", arguments.name), datetime.now(UTC))
    except FileExistsError as error:
        raise Fault(
            REFUSED, f"{error.filename} 已经存在。", f"{error.filename} is there already: an authority is made once."
        ) from None
    print(f"{arguments.folder}/ca.pem 有效至 until {made.certificate.not_valid_after_utc:%Y-%m-%d}")
    print("ca.key 请离线保管 keep ca.key away from any network")
    return DONE


def issue_for_server(arguments: argparse.Namespace) -> int:
    with _authority(arguments) as authority:
        print(authority.serve(cast("list[str]", arguments.host), datetime.now(UTC), arguments.days))
    return DONE


def issue_for_hall(arguments: argparse.Namespace) -> int:
    with _authority(arguments) as authority:
        print(authority.issue(cast("str", arguments.hall), datetime.now(UTC), arguments.days))
    return DONE


def sign_request(arguments: argparse.Namespace) -> int:
    with _authority(arguments) as authority:
        print(authority.sign(text_of(arguments.file).encode(), datetime.now(UTC), arguments.days, hall=arguments.hall))
    return DONE


def revoke_certificate(arguments: argparse.Namespace) -> int:
    with _authority(arguments) as authority:
        for each in authority.revoke(cast("str", arguments.name), datetime.now(UTC)):
            print(f"已吊销 Revoked {each.name} {each.serial}")
    print(f"请把 {arguments.folder}/crl.pem 放到接收端并重启 Put crl.pem beside the receiver and restart it")
    return DONE


def list_certificates(arguments: argparse.Namespace) -> int:
    with _authority(arguments) as authority:
        for each in authority.issued():
            print(f"{each.name:24} {each.until:%Y-%m-%d}  {_state(each)}")
    return DONE


def add_hall_key(arguments: argparse.Namespace) -> int:
    with _told():
        known = _ring(arguments.ring).add(cast("str", arguments.hall), cast("str", arguments.key), _now())
    print(f"{known.hall} {known.keyid}")
    return DONE


def list_hall_keys(arguments: argparse.Namespace) -> int:
    with _told():
        _print_keys(_ring(arguments.ring).keys(cast("str", arguments.hall) or ""), "")
    return DONE


def revoke_hall_key(arguments: argparse.Namespace) -> int:
    """And every key that it announced."""
    with _told():
        for key in _ring(arguments.ring).revoke(cast("str", arguments.hall), cast("str", arguments.keyid), _now()):
            print(f"已吊销 Revoked {key.hall} {key.keyid}")
    return DONE


def _paths(arguments: argparse.Namespace) -> TrustPaths:
    from hub.sync.trust_paths import TrustPaths

    return TrustPaths.of(state_of(settings_of(arguments)).log)


def _ring(path: Path) -> KeyRing:
    from hub.sync.keyring import KeyRing

    return KeyRing(path)


def _now() -> int:
    return int(time.time() * 1000)


def _over_the_line(arguments: argparse.Namespace, paths: TrustPaths, errand: Callable[[Call], Awaitable[T]]) -> T:
    """Runs ``errand`` over a line of its own. Raises ``Fault``."""
    import httpx

    from hub.sync.identity import IdentityFile
    from hub.sync.rotation import NotRenewed
    from hub.sync.signed_line import SignedLine
    from hub.sync.signing import AnswerVerifier, Signer
    from hub.sync.tls import hub_context

    url = cast("str", arguments.url)

    async def run() -> T:
        # an errand is no history, so it names no epoch
        signer = Signer(IdentityFile(paths.signing), lambda: "-")
        auth = SignedLine(signer, AnswerVerifier(_ring(paths.online)))
        verify = hub_context(paths.pair, paths.ca) if url.startswith("https:") else True
        async with httpx.AsyncClient(base_url=url, auth=auth, verify=verify, trust_env=False) as client:

            async def call(method: str, path: str, body: bytes, type: str) -> tuple[int, bytes]:
                answer = await client.request(method, path, content=body, headers={"content-type": type})
                return answer.status_code, answer.content

            return await errand(call)

    try:
        with _told():
            return asyncio.run(run())
    except httpx.HTTPError as error:
        raise Fault(
            BUSY, f"线路不通（{error}）。", "The line is cut, or the answer is not the online hall's."
        ) from error
    except NotRenewed as error:
        raise Fault(REFUSED, f"网上大厅没有受理（{error}）。", "The online hall did not take it.") from error


@contextmanager
def _authority(arguments: argparse.Namespace) -> Generator[Authority]:
    from hub.sync.authority import Authority

    with _told():
        yield Authority(cast("Path", arguments.folder))


@contextmanager
def _told() -> Generator[None]:
    """Turns what is wrong with keys and certificates into the words for whoever typed them."""
    from hub.sync.certificates import BadCertificate
    from hub.sync.identity import BadKey

    try:
        yield
    except (BadKey, BadCertificate) as error:
        zh, _, en = str(error).partition(" / ")
        raise Fault(REFUSED, f"{zh}。", f"{en}.") from error


def _print_keys(keys: list[RingKey], title: str) -> None:
    at = _now()
    for key in keys:
        problem = key.problem(at)
        state = "已吊销 revoked" if key.revoked else f"停用 out of use: {problem}" if problem else "有效 valid"
        until = f" 至 until {_day(key.until)}" if key.until and not key.revoked else ""
        print(f"{title or key.hall}  {key.keyid}  自 since {_day(key.since)}{until}  {state}")


def _day(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"


def _state(issued: Issued) -> str:
    if issued.revoked is not None:
        return f"已吊销 revoked {issued.revoked:%Y-%m-%d}"
    return "已到期 ended" if issued.until < datetime.now(UTC) else "有效 valid"
