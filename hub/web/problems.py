"""Refusals as answers: problem documents for programs, a page or a redirect for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.refusals import Fact, Refused, Sentence, sentence

RefusedPage = Callable[[Request, Refused], Response]

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[str, int] = {
    "malformed-json": 400,
    "not-utf-8": 400,
    "too-deep": 400,
    "idempotency-key-needed": 400,
    "bad-idempotency-key": 400,
    "bad-checksum": 460,
    "sign-in-needed": 401,
    "bad-token": 401,
    "bad-password": 401,
    "not-allowed": 403,
    "own-rating": 403,
    "not-your-consultation": 403,
    "unknown-consultation": 404,
    "not-lead": 403,
    "other-department": 403,
    "password-must-change": 403,
    "bad-csrf": 403,
    "wrong-origin": 403,
    "unknown-account": 404,
    "unknown-case": 404,
    "unknown-channel": 404,
    "unknown-device": 404,
    "no-catalogue": 404,
    "unknown-version": 404,
    "unknown-file": 404,
    "unknown-notice": 404,
    "unknown-rectification": 404,
    "unknown-ticket": 404,
    "unknown-day": 404,
    "unknown-token": 404,
    "unknown-upload": 404,
    "unknown-booking": 404,
    "unknown-lease": 404,
    "unknown-slot": 404,
    "unknown-unit": 404,
    "no-appointments": 404,
    "unknown-trial": 404,
    "unknown-window": 404,
    "not-found": 404,
    "no-such-page": 404,
    "method-not-allowed": 405,
    "too-slow": 408,
    "upload-expired": 410,
    "other-tus": 412,
    "too-large": 413,
    "file-too-large": 413,
    "upload-too-long": 413,
    "not-json": 415,
    "not-a-chunk": 415,
    "no-preview": 415,
    "bad-account": 422,
    "answer-needed": 422,
    "basis-needed": 422,
    "no-such-answer": 422,
    "no-such-department": 422,
    "not-online": 422,
    "unknown-message": 422,
    "consent-needed": 422,
    "nothing-to-see": 422,
    "pledge-unsigned": 422,
    "unknown-material": 422,
    "unknown-special": 422,
    "wrong-approver": 422,
    "file-not-here": 422,
    "not-reusable": 422,
    "catalogue-invalid": 422,
    "bad-credit-code": 422,
    "bad-identity": 422,
    "bad-phone": 422,
    "bad-value": 422,
    "policy-invalid": 422,
    "reason-needed": 422,
    "unknown-category": 422,
    "category-needed": 422,
    "unknown-item": 422,
    "unknown-priority": 422,
    "unknown-role": 422,
    "department-needed": 422,
    "no-department": 422,
    "person-needed": 422,
    "unknown-department": 422,
    "not-reviewer": 422,
    "head-needed": 403,
    "same-password": 422,
    "weak-password": 422,
    "file-bomb": 422,
    "file-damaged": 422,
    "file-disguised": 422,
    "file-empty": 422,
    "file-encrypted": 422,
    "file-executable": 422,
    "file-type-not-allowed": 422,
    "preview-failed": 422,
    "preview-locked": 422,
    "wrong-hash": 422,
    "upload-busy": 423,
    "too-many-attempts": 429,
    "too-many-checks": 429,
    "too-many-codes": 429,
    "too-many-tickets": 429,
    "too-many-uploads": 429,
    "too-many-trials": 429,
    "fault": 500,
    "file-damaged-here": 500,
    "internal-error": 500,
    "pdf-busy": 503,
    "pdf-failed": 503,
    "pdf-unavailable": 503,
    "too-many-streams": 503,
    "stopping": 503,
    "no-room": 507,
}
"""Codes that are not 409, the answer to every other refusal."""

SENTENCES: Mapping[str, Sentence] = {
    "too-large": Sentence(
        "请求内容超过 {limit} 字节，没有执行。", "The body is larger than {limit} bytes; nothing was done."
    ),
    "too-slow": Sentence("{seconds} 秒内没有收到完整请求。", "The request did not arrive whole within {seconds} s."),
    "not-json": Sentence(
        "请求内容类型应为 application/json。", "The content type must be application/json, not {type}."
    ),
    "idempotency-key-needed": Sentence(
        "缺少请求头 Idempotency-Key。请为每次操作带一个新编号，重试时用同一个。",
        "The header Idempotency-Key is missing. Send a new one with each act and the same one with its retries.",
    ),
    "bad-idempotency-key": Sentence(
        "请求头 Idempotency-Key 应为 1 到 64 个字符，只用字母、数字、点、下划线和连字符。",
        "The header Idempotency-Key must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'.",
    ),
    "sign-in-needed": Sentence("请先登录。", "Please sign in."),
    "bad-token": Sentence("访问令牌无效或已吊销。", "The token is not valid or was revoked. Ask the administrator."),
    "bad-password": Sentence("账号或密码不正确。", "The account or the password is wrong."),
    "not-allowed": Sentence(
        "您的角色无权进行此操作。请联系主管或管理员。",
        "Your role may not do this. Ask a supervisor or the administrator.",
    ),
    "password-must-change": Sentence("请先修改密码。", "Please set a new password first."),
    "weak-password": Sentence(
        "密码须为 {shortest} 到 {longest} 个字符。", "A password has {shortest} to {longest} characters."
    ),
    "too-many-attempts": Sentence(
        "尝试次数过多，请 {seconds} 秒后再试。", "Too many attempts. Try again in {seconds} seconds."
    ),
    "unknown-notice": Sentence(
        "这个办件没有出具过这份文书。请从文书列表中选择。",
        "No such notice was told in this case. Choose one from its list.",
    ),
    "too-many-checks": Sentence(
        "核验太频繁，请稍候再试。", "Notices are checked too often from here. Please wait a moment."
    ),
    "pdf-unavailable": Sentence(
        "本机缺少生成 PDF 所需的系统软件包（{missing}），没有生成。请管理员安装（见 docs/operations.md），"
        "现在可以在网页上查看和打印。",
        "This machine lacks system packages that PDF needs ({missing}); nothing was made. Ask the administrator to "
        "install them (docs/operations.md); the page itself can be read and printed now.",
    ),
    "pdf-busy": Sentence(
        "等待生成的 PDF 太多，请稍候再试。", "Too many PDFs are waiting. Please try again in a moment."
    ),
    "pdf-failed": Sentence(
        "PDF 没有生成。请再试一次；仍不行的，请在网页上打印，并告知管理员。",
        "The PDF could not be made. Try again; if it fails again, print the page and tell the administrator.",
    ),
    "too-many-tickets": Sentence("取号太快，请稍候再试。", "Tickets are taken too fast here. Please wait a moment."),
    "bad-csrf": Sentence(
        "页面已过期，没有执行。请刷新页面再操作。", "The page is out of date and nothing was done. Reload it."
    ),
    "wrong-origin": Sentence(
        "请求来自其他网站（{origin}），没有执行。若经此地址访问，请在配置中设置 [web] public_url。",
        "The request came from another site ({origin}) and nothing was done. If the hub is reached by that address, "
        "set [web] public_url to it.",
    ),
    "same-password": Sentence("新密码不能与旧密码相同。", "The new password must differ from the old one."),
    "unknown-account": Sentence("没有账号 {name}。", "There is no account {name}."),
    "account-exists": Sentence("账号 {name} 已存在。", "Account {name} exists already."),
    "bad-account": Sentence(
        "账号名须为 1 到 64 个可见字符，不含斜线。", "An account name has 1 to 64 printable characters and no slash."
    ),
    "unknown-role": Sentence("没有角色 {role}。可用：{roles}。", "There is no role {role}. Use one of {roles}."),
    "department-needed": Sentence(
        "审查人员须属于一个部门。请选择部门。", "A reviewer belongs to a department. Choose which one."
    ),
    "no-department": Sentence(
        "只有审查人员属于部门，角色 {role} 不填部门。",
        "Only reviewers belong to a department; leave it empty for {role}.",
    ),
    "person-needed": Sentence(
        "审查意见须由本人登录后作出，不能为审查人员建立令牌。请建立账号。",
        "An opinion is a person's, so reviewers get accounts, not tokens. Make an account.",
    ),
    "unknown-department": Sentence(
        "大厅没有部门 {department}。请从列表中选择。",
        "The hall has no department {department}. Choose one of its list.",
    ),
    "not-reviewer": Sentence(
        "{name} 不是 {department} 的审查人员，或账号已停用。请选择该部门的其他人员。",
        "{name} is no reviewer of {department}, or is disabled. Choose somebody else there.",
    ),
    "head-needed": Sentence(
        "这一步须由 {department} 的负责人办理。请转给负责人。",
        "This needs the head of {department}. Leave it to them.",
    ),
    "last-administrator": Sentence(
        "这是最后一个管理员账号，不能停用或降级。", "This is the last administrator; it must stay one."
    ),
    "not-reusable": Sentence(
        "办件 {case} 里没有可复用的材料 {material}。请让申请人提供。",
        "Case {case} holds no {material} that may be used again. Ask the applicant for it.",
    ),
    "file-not-here": Sentence(
        "材料 {material} 的文件不在本系统，或不是您上传的。请重新上传。",
        "The file of material {material} is not stored here, or you did not upload it. Upload it again.",
    ),
    "unknown-token": Sentence("没有令牌 {token}。", "There is no token {token}."),
    "unknown-upload": Sentence(
        "没有这次上传，或不是您开始的。请重新上传。", "There is no such upload, or it is not yours. Begin again."
    ),
    "upload-expired": Sentence("这次上传已过期。请重新上传。", "This upload has expired. Begin again."),
    "upload-offset": Sentence(
        "服务器已收到 {offset} 字节，请从那里继续。", "The server has {offset} bytes; go on from there."
    ),
    "upload-busy": Sentence(
        "这次上传正在另一个连接上进行，请稍候再试。", "This upload goes on over another connection. Try again shortly."
    ),
    "upload-too-long": Sentence(
        "收到的内容超过事先说明的 {length} 字节。请重新上传。",
        "More arrived than the {length} bytes that were announced. Begin again.",
    ),
    "too-many-uploads": Sentence(
        "您有 {most} 个上传没有传完。请先传完或取消其中一些。",
        "You have {most} unfinished uploads. Finish or cancel some first.",
    ),
    "bad-checksum": Sentence(
        "这一段内容在传输中出错，没有保留。请重传这一段。",
        "This chunk was damaged on its way and not kept. Send it again.",
    ),
    "other-tus": Sentence(
        "上传协议版本应为 tus {version}。", "Uploads follow tus {version}; say so in the header Tus-Resumable."
    ),
    "not-a-chunk": Sentence(
        "内容类型应为 application/offset+octet-stream。", "The content type must be application/offset+octet-stream."
    ),
    "policy-invalid": Sentence(
        "规则有误，没有执行：{zh}。请改正后再试。",
        "The policy is not valid and nothing was done: {en}. Mend it and try again.",
    ),
    "policy-changed": Sentence(
        "规则在此期间已发布到第 {version} 版，没有执行。请刷新页面，在新版上修改。",
        "Version {version} was published meanwhile and nothing was done. Reload the page and change that one.",
    ),
    "too-many-trials": Sentence("有试算正在进行，请稍后再试。", "Trials are running. Try again in a moment."),
    "unknown-trial": Sentence("这次试算已不在，请重新试算。", "This trial is forgotten. Try again."),
    "unknown-day": Sentence("没有 {day} 的记录。请另选一天。", "Nothing is recorded of {day}. Choose another day."),
    "unknown-channel": Sentence("没有实时频道 {channel}。", "There is no live channel {channel}."),
    "too-many-streams": Sentence("实时连接已满，请稍后再试。", "There are too many live streams. Try again later."),
    "stopping": Sentence("服务正在停止。", "The server is stopping."),
    "not-found": Sentence("没有这个页面。", "There is nothing at this address."),
    "method-not-allowed": Sentence("此地址不支持该操作。", "This address does not take that method."),
    "internal-error": Sentence(
        "服务器出错，已记录。请重试；若仍失败，请联系管理员。",
        "The server failed and the failure was recorded. Try again; if it stays, tell the administrator.",
    ),
}


def words(code: str, facts: Mapping[str, Fact]) -> Sentence:
    """The sentences of any refusal of the web floor or of a rule."""
    known = SENTENCES.get("internal-error" if code == "fault" else code)
    if known is None:
        return sentence(code, facts)
    filled = _Facts(facts)
    return Sentence(known.zh.format_map(filled), known.en.format_map(filled))


def problem(code: str, facts: Mapping[str, Fact]) -> Response:
    """A problem document: ``{"type", "title", "status", "code", "detail": {"zh", "en"}, "facts"}``."""
    status = STATUS.get(code, 409)
    said = words(code, facts)
    document = {
        "type": f"urn:hallhub:problem:{code}",
        "title": "Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": {"zh": said.zh, "en": said.en},
        "facts": dict(facts),
    }
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="hallhub"'
    seconds = facts.get("seconds")
    if status == 429 and isinstance(seconds, int):
        headers["Retry-After"] = str(seconds)
    return Response(msgspec.json.encode(document), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def show_refusals(app: Starlette, page: RefusedPage) -> None:
    """People who ask for a page see refusals on this one; without it they get the document too."""
    app.state.refused_page = page


async def on_refused(request: Request, error: Exception) -> Response:
    """Browsers that ask for a page are sent to sign in or to set a password, or see the page of ``show_refusals``;
    everyone else gets the document."""
    assert isinstance(error, Refused)
    if wants_page(request):
        if error.code == "sign-in-needed":
            return RedirectResponse(f"/sign-in?next={quote(_here(request), safe='')}", status_code=303)
        if error.code == "password-must-change":
            return RedirectResponse("/account/password", status_code=303)
    return _told(request, error)


async def on_http_error(request: Request, error: Exception) -> Response:
    """The router's own refusals: no route, wrong method, a form that cannot be read."""
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code)
    answer = _told(request, Refused(code) if code else Refused("malformed-json", problem=str(error.detail)))
    if error.headers is not None and "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


async def on_gone(_request: Request, _error: Exception) -> Response:
    """The client went away in the middle of its request: nobody reads this."""
    return Response(status_code=400)


async def on_failure(request: Request, _error: Exception) -> Response:
    return _told(request, Refused("internal-error"))


def _told(request: Request, refused: Refused) -> Response:
    page = cast("RefusedPage | None", getattr(request.app.state, "refused_page", None))
    if page is not None and wants_page(request):
        return page(request, refused)
    return problem(refused.code, refused.facts)


def wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def _here(request: Request) -> str:
    if request.method != "GET":
        return "/"
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


class _Facts(dict[str, Fact]):
    def __missing__(self, key: str) -> str:
        return "…"
