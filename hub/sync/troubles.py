"""Why a way of the line stands still, in words for whoever reads the outage page: what happened and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.domain.refusals import Sentence

TROUBLES: Final[Mapping[str, Sentence]] = {
    "unreachable": Sentence(
        "连不上网上大厅。大厅照常办理，线路恢复后自动补传；请检查外网。",
        "The online hall cannot be reached. Work goes on and everything is sent later; check the line.",
    ),
    "timeout": Sentence(
        "网上大厅没有及时答复。会自动重试。", "The online hall did not answer in time. It is tried again by itself."
    ),
    "broken-off": Sentence("连接中途断开。会自动重试。", "The connection broke off. It is tried again by itself."),
    "tls": Sentence(
        "安全连接建立不了。请核对 [sync] url 与证书。",
        "No secure connection can be made. Check [sync] url and the certificates.",
    ),
    "certificate": Sentence(
        "证书不被接受：可能已过期或不是本市签发。换上新证书即可，不必重启。",
        "A certificate is not accepted: it ran out, or another authority made it. Put a new one in place; no restart.",
    ),
    "untrusted": Sentence(
        "答复没有网上大厅的签名，没有采信：可能是中间设备代答，或网上大厅换了密钥。",
        "The answer was not signed by the online hall and was not believed: some device on the way answered, or the "
        "online hall changed its key.",
    ),
    "files": Sentence(
        "本大厅的线路密钥或证书读不了。请核对 [sync] 各文件（docs/sync-trust.md）。",
        "The keys or certificates of the line cannot be read. Check the files of [sync] (docs/sync-trust.md).",
    ),
    "too-long": Sentence("答复过长，没有采信。", "The answer was too long and was not believed."),
    "rubbish": Sentence(
        "答复读不懂或不可能，没有采信；多半是中间设备代答。会重新询问。",
        "The answer made no sense and was not believed; some device on the way may have answered. It is asked again.",
    ),
    "busy": Sentence("网上大厅请稍候，会按其要求再传。", "The online hall asks for patience; it is tried again then."),
    "no-room": Sentence("网上大厅磁盘已满。请通知其管理员。", "The online hall has no room left. Tell who runs it."),
    "unsigned": Sentence(
        "网上大厅不认本大厅的签名。请核对双方密钥。",
        "The online hall does not accept this hall's signature. Compare the keys of both sides.",
    ),
    "replayed": Sentence(
        "请求被当作重放。会换新签名重试。", "The request was taken for a replay. It is signed anew and tried again."
    ),
    "not-yours": Sentence(
        "网上大厅认为这不是本大厅的资源。请核对 [sync] hall。",
        "The online hall says this is another hall's. Check [sync] hall.",
    ),
    "ahead": Sentence(
        "网上大厅的记录比本机多：本机的文件可能被直接换成了旧的。请查明后运行 "
        "hallhub restore 或 hallhub sync new-epoch。",
        "The online hall has more than this log: older files were put in place by hand. Look into it, then run "
        "hallhub restore, or hallhub sync new-epoch.",
    ),
    "other-hash": Sentence(
        "双方历史不同，已停止上传，不会覆盖任何一方。请查明后运行 hallhub sync new-epoch。",
        "The two histories differ. Nothing is sent and nothing overwritten; look into it, then run "
        "hallhub sync new-epoch.",
    ),
    "forked": Sentence(
        "网上大厅认为双方历史不同，已停止上传。请查明后运行 hallhub sync new-epoch。",
        "The online hall holds another history, so nothing is sent. Look into it, then run hallhub sync new-epoch.",
    ),
    "other-epoch": Sentence(
        "网上大厅已有更新的纪元：可能另一台中枢在用同一大厅的名字。请查明后再继续。",
        "A later epoch stands at the online hall: another hub may use this hall's name. Look into it first.",
    ),
    "behind": Sentence(
        "网上大厅恢复自较旧的副本，正在补传。", "The online hall was restored from an older copy; it is sent the rest."
    ),
    "inbox-gap": Sentence(
        "网上大厅的消息缺号，没有接收。请通知其管理员；上传不受影响。",
        "Messages of the online hall are missing, so none is taken. Tell who runs it; the way up goes on.",
    ),
    "inbox-broken": Sentence(
        "网上大厅的消息与校验链不符，没有接收。请通知其管理员；上传不受影响。",
        "A message does not follow from the one before it, so none is taken. Tell who runs it; the way up goes on.",
    ),
    "inbox-forked": Sentence(
        "网上大厅的收件箱与已接收的毫无共同之处，已停止接收。请查明后运行 hallhub sync resume。",
        "The inbox has nothing in common with what was taken, so none is taken. Look into it, then run "
        "hallhub sync resume.",
    ),
    "process-ended": Sentence("上传进程意外结束，正在重新启动。", "The process that sends ended; it is started again."),
}

_OTHER: Final = Sentence("网上大厅没有接受请求。会自动重试。", "The online hall did not take it. It is tried again.")


def words(problem: str) -> Sentence | None:
    """None without a problem; an unknown code still gives a readable sentence."""
    return TROUBLES.get(problem, _OTHER) if problem else None
