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
from typing import TYPE_CHECKING, Final, TypeVar, cast

from hub.cli.configured import settings_of, state_of, text_of
from hub.ops.faults import BUSY, CONFIG, DONE, REFUSED, Fault

if TYPE_CHECKING:
    from hub.sync.authority import Authority, Issued
    from hub.sync.keyring import KeyRing, RingKey
    from hub.sync.rotation import Call, NotRenewed
    from hub.sync.trust_paths import TrustPaths

T = TypeVar("T")
NOT_FOUND: Final = 404


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

    paths, hall = _paths(arguments), _hall(arguments)
    taken = _over_the_line(arguments, paths, lambda call: change_key(call, hall, paths.signing))
    print(f"新密钥已启用 The new key is in use: {taken.keyid}")
    return DONE


def renew_certificate(arguments: argparse.Namespace) -> int:
    """Over the line, where the city's receiver signs."""
    from hub.sync.renewal import renew

    paths, hall = _paths(arguments), _hall(arguments)
    _one_file(arguments)
    issued = _over_the_line(arguments, paths, lambda call: renew(call, hall, paths.pair))
    print(f"新证书 The new certificate ends {issued.not_valid_after_utc:%Y-%m-%d}")
    return DONE


def request_certificate(arguments: argparse.Namespace) -> int:
    """To be carried to the city; the key stays here."""
    from hub.sync.renewal import Renewal

    with _told():
        asked = Renewal(_paths(arguments).pair).request(_hall(arguments))
    if arguments.output is None:
        sys.stdout.write(asked.decode())
    else:
        cast("Path", arguments.output).write_bytes(asked)
    return DONE


def accept_certificate(arguments: argparse.Namespace) -> int:
    from hub.sync.renewal import Renewal

    paths = _paths(arguments)
    _one_file(arguments)
    # one word is the file: the hall is the one of the settings
    told, named = cast("Path | None", arguments.file), cast("str", arguments.hall)
    hall, file = (_hall(arguments, ""), Path(named)) if told is None else (named, told)
    with _told():
        Renewal(paths.pair).finish(hall, text_of(file).encode())
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
        known = _halls_ring(arguments).add(cast("str", arguments.hall), cast("str", arguments.key), _now())
    print(f"{known.hall} {known.keyid}")
    return DONE


def list_hall_keys(arguments: argparse.Namespace) -> int:
    with _told():
        _print_keys(_halls_ring(arguments).keys(cast("str", arguments.hall) or ""), "")
    return DONE


def revoke_hall_key(arguments: argparse.Namespace) -> int:
    """And every key that it announced."""
    with _told():
        for key in _halls_ring(arguments).revoke(cast("str", arguments.hall), cast("str", arguments.keyid), _now()):
            print(f"已吊销 Revoked {key.hall} {key.keyid}")
    return DONE


def _paths(arguments: argparse.Namespace) -> TrustPaths:
    from hub.sync.trust_paths import TrustPaths

    settings = settings_of(arguments)
    return TrustPaths.named(settings.sync, state_of(settings).log)


def _hall(arguments: argparse.Namespace, named: str | None = None) -> str:
    """As it was typed, else of ``[sync]``. Raises ``Fault``."""
    settings = settings_of(arguments)
    found = (cast("str | None", arguments.hall) if named is None else named) or settings.sync.hall or settings.hall
    if not found:
        raise Fault(
            CONFIG, "请写明大厅编号，或设置 [sync] hall。", "Name the hall's id, or set [sync] hall in the settings."
        )
    return found


def _one_file(arguments: argparse.Namespace) -> None:
    """A renewed certificate brings its key along. Raises ``Fault`` where the settings keep the two apart."""
    sync = settings_of(arguments).sync
    if sync.key is not None and sync.key != sync.certificate:
        raise Fault(
            CONFIG,
            "[sync] key 与 certificate 是两个文件，本程序不会更换它们；去掉 key，证书和私钥放在一个文件里。",
            "[sync] keeps key and certificate in two files, which are not changed by this program. Leave key out and "
            "put both into one file.",
        )


def _halls_ring(arguments: argparse.Namespace) -> KeyRing:
    """The file that was named, else ``halls`` of the receiver's settings. Raises ``Fault``, ``SettingsInvalid``."""
    from hub.receiver.settings import load

    path = cast("Path | None", arguments.ring) or load(cast("Path | None", getattr(arguments, "config", None))).halls
    if path is None:
        raise Fault(
            CONFIG,
            "请写明 --ring 公钥文件，或用 --config 指明写有 halls 的设置。",
            "Give --ring FILE, or --config with settings that name halls.",
        )
    return _ring(path)


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

    url = cast("str | None", arguments.url) or settings_of(arguments).sync.url
    if not url:
        raise Fault(CONFIG, "请写明 --url，或设置 [sync] url。", "Give --url, or set [sync] url in the settings.")

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
        raise _not_taken(error) from error


def _not_taken(error: NotRenewed) -> Fault:
    from hub.sync.troubles import words

    if error.status == NOT_FOUND:
        return Fault(
            REFUSED,
            "网上大厅不在线签发证书。请用 hallhub sync ca request 写出申请，带给市里签署。",
            "The online hall does not sign over the line. Run hallhub sync ca request and carry the request to the "
            "city (docs/sync-trust.md).",
        )
    said = words(error.code)
    if said is None:
        return Fault(REFUSED, f"网上大厅没有受理（{error}）。", f"The online hall did not take it ({error}).")
    return Fault(REFUSED, f"网上大厅没有受理：{said.zh}", f"{said.en} [{error.status} {error.code}]")


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
