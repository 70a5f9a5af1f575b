"""The grammar of ``hallhub``: which commands there are, what they take, and where each is carried out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

_ROLES = ("clerk", "attendant", "reviewer", "supervisor", "administrator")
_PROGRAMS = tuple(role for role in _ROLES if role != "reviewer")


def _count(text: str) -> int:
    """Raises ``ValueError`` for what is no whole number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"须为 1 或更大的整数 must be 1 or more, not {number}")
    return number


class _Group:
    """Commands of one level; ``--config`` may stand before or after any of them."""

    def __init__(
        self, parser: argparse.ArgumentParser, configured: argparse.ArgumentParser, *, required: bool = True
    ) -> None:
        self._commands = parser.add_subparsers(title="命令 commands", metavar="COMMAND", required=required)
        self.configured = configured

    def command(self, name: str, handler: str, help: str) -> argparse.ArgumentParser:
        """``handler`` is ``module:function`` within ``hub.cli``."""
        made = self._commands.add_parser(name, help=help, description=help, parents=[self.configured])
        made.set_defaults(handler=f"hub.cli.{handler}")
        return made

    def group(self, name: str, help: str) -> _Group:
        made = self._commands.add_parser(name, help=help, description=help, parents=[self.configured])
        return _Group(made, self.configured)


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The grammar of a command line of these words; each parsed command carries ``handler``."""
    configured = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    configured.add_argument("--config", type=Path, metavar="FILE", help="TOML 设置文件 settings file")
    top = argparse.ArgumentParser(
        prog="hallhub",
        description="政务大厅的本地中枢。 The hub of a service hall.",
        parents=[configured],
        epilog="每项设置也是环境变量，如 HALLHUB_LOG_URL。 Every setting is also an environment variable.",
    )
    root = _Group(top, configured)
    root.command("run", "run:run", "运行大厅中枢 run the hub")
    _demo(root, wanted="demo" in words)
    _profile(root)
    _catalogue(root)
    _policy(root)
    _log(root)
    _queue(root)
    _report(root)
    _people(root)
    _state(root)
    _materials(root)
    sync = root.group("sync", "与网上大厅的线路 the line to the online hall")
    _sync(sync)
    _sync_trust(sync)
    _receiver(root)
    return top


def _demo(root: _Group, *, wanted: bool) -> None:
    made = root.command("demo", "demo:run", "模拟一天的大厅 a hall at work, simulated")
    if wanted:
        from hub.demo.command import add_arguments

        add_arguments(made)


def _profile(root: _Group) -> None:
    profile = root.group("profile", "大厅配置 the hall's profile")
    made = profile.command("export", "profile:export", "写出当前配置 write out the profile")
    made.add_argument("--draft", action="store_true", help="写出草稿 the draft instead")
    made = profile.command("check", "profile:check", "检查配置文件 check a file")
    made.add_argument("file", type=Path, metavar="FILE")
    made = profile.command("import", "profile:import_draft", "存为草稿 keep a file as the draft")
    made.add_argument("file", type=Path, metavar="FILE")
    made = profile.command("publish", "profile:publish", "发布草稿 publish the draft")
    _effective(made)
    calendar = root.group("calendar", "工作日历 the calendar of working days")
    made = calendar.command("import", "profile:import_calendar", "导入并发布 import and publish years")
    made.add_argument("file", type=Path, metavar="FILE")


def _policy(root: _Group) -> None:
    policy = root.group("policy", "排队规则 who is next")
    policy.command("show", "policy:show", "现行规则及其承诺 the rules in force and what they promise")
    made = policy.command("check", "policy:check", "检查规则文件 check a file")
    made.add_argument("file", type=Path, metavar="FILE")
    made = policy.command("try", "policy:try_out", "用某天的记录试算 rerun a recorded day under a draft")
    made.add_argument("file", type=Path, metavar="FILE", help="规则或整份配置 a policy, or a whole profile")
    made.add_argument("--day", metavar="DATE", help="营业日，默认最近一天 business day; the latest, left out")
    made.add_argument("--chart", type=Path, metavar="FILE.svg", help="另存图 write the chart there")
    made.add_argument("--csv", type=Path, metavar="FILE.csv", help="另存表 write the figures there")
    made = policy.command("publish", "policy:publish", "发布规则 publish a file's policy")
    made.add_argument("file", type=Path, metavar="FILE")
    _effective(made)


def _effective(made: argparse.ArgumentParser) -> None:
    when = made.add_mutually_exclusive_group()
    when.add_argument("--now", dest="effective", action="store_const", const="now", help="立即生效 from now (default)")
    when.add_argument(
        "--next-day",
        dest="effective",
        action="store_const",
        const="next-day",
        help="下一营业日生效 from the next business day",
    )
    made.set_defaults(effective="now")


def _catalogue(root: _Group) -> None:
    catalogue = root.group("catalogue", "事项目录 the catalogue of service items")

    def reading(name: str, handler: str, help: str) -> argparse.ArgumentParser:
        made = catalogue.command(name, f"catalogue:{handler}", help)
        made.add_argument("file", type=Path, metavar="FILE", help="CSV、XLSX 或 JSON")
        mapping = "列的对应关系：文件，或随附的名字（guangan） which column is which field: a file, or a shipped name"
        made.add_argument("--mapping", type=Path, metavar="FILE|NAME", help=mapping)
        return made

    made = reading("import", "import_file", "导入，先显示差异 import a file, the difference first")
    made.add_argument("--take-good", action="store_true", help="只取没有错误的行 take the rows without problems")
    made.add_argument("--publish", metavar="now|DATE", help="发布并从何时起生效 publish, in force from then")
    made.add_argument(
        "--until", metavar="DATE", help="最后一天，之后回到前一版 its last day; then the one before rules"
    )
    reading("check", "check", "检查文件 check a file")
    reading("diff", "diff", "与现行目录的差异 what a file would change")
    made = catalogue.command("export", "catalogue:export", "写出目录 write out a catalogue")
    made.add_argument("--format", choices=("csv", "xlsx", "json"), default="json")
    made.add_argument("--output", type=Path, metavar="FILE")
    which = made.add_mutually_exclusive_group()
    which.add_argument("--version", type=_count, metavar="N", help="某一版，默认现行的 one version; the one in force")
    which.add_argument("--shipped", action="store_true", help="随附的目录 the one that is shipped")


def _log(root: _Group) -> None:
    log = root.group("log", "日志，可在运行时使用 the log, also beside a running hub")
    log.command("verify", "records:verify", "校验整条链 check the whole chain")
    made = log.command("export", "records:export", "每行一条 JSON one JSON entry a line")
    made.add_argument("--after", type=int, default=0, metavar="N", help="从第 N 条之后 entries after position N")
    made.add_argument("--output", type=Path, metavar="FILE")
    made = log.command("tail", "records:tail", "最近的记录 the newest entries")
    made.add_argument("-n", type=_count, default=10, metavar="N")
    made.add_argument("-f", "--follow", action="store_true", help="持续显示 go on with new ones")


def _queue(root: _Group) -> None:
    queue = root.group("queue", "排队 the queue")
    made = queue.command("explain", "queue:explain", "为什么甲号在乙号之前 why one number was called before another")
    made.add_argument("first", metavar="FIRST", help="先叫的号码 the number that was called first, like A012")
    made.add_argument("second", metavar="SECOND", help="另一个号码 the other number")
    made.add_argument("--day", metavar="DATE", help="营业日，默认最近一天 business day; the latest, left out")


def _report(root: _Group) -> None:
    made = root.command("report", "report:day", "一天的报表，可在运行时使用 a day's report, also beside a running hub")
    made.add_argument("--day", required=True, metavar="DATE", help="营业日 business day, like 2026-11-23")
    file = made.add_mutually_exclusive_group()
    file.add_argument("--csv", type=Path, metavar="FILE", help="写成 CSV write it as CSV")
    file.add_argument("--xlsx", type=Path, metavar="FILE", help="写成 XLSX write it as a workbook")


def _people(root: _Group) -> None:
    made = root.command("forget", "people:forget", "遗忘一个人的个人信息 forget a person's values")
    made.add_argument(
        "subject", metavar="SUBJECT", help="手机号、phone:…、id:… 或 32 位编号 phone number, phone:…, id:… or 32 hex"
    )
    token = root.group("token", "程序接口的令牌 tokens for the API")
    made = token.command("create", "people:create_token", "新令牌，最后一个词 a new token, the last word printed")
    made.add_argument("role", choices=_PROGRAMS, metavar="ROLE", help=", ".join(_PROGRAMS))
    made.add_argument("--label", default="", help="用途 what it is for")
    token.command("list", "people:list_tokens", "列出 list them")
    made = token.command("revoke", "people:revoke_token", "吊销 revoke one")
    made.add_argument("token", metavar="ID")
    account = root.group("account", "登录账号 accounts for people")
    made = account.command("create", "people:create_account", "新账号，最后一个词是密码 the last word is the password")
    made.add_argument("name", metavar="NAME")
    made.add_argument("role", choices=_ROLES, metavar="ROLE", help=", ".join(_ROLES))
    made.add_argument("--department", default="", metavar="CODE", help="审查人员所属部门 a reviewer's department")
    made.add_argument("--head", action="store_true", help="部门负责人 head of that department")
    made = account.command("password", "people:set_password", "重设密码 draw a new password")
    made.add_argument("name", metavar="NAME")
    made = account.command("disable", "people:disable_account", "停用 disable an account")
    made.add_argument("name", metavar="NAME")
    made.add_argument("--undo", action="store_true", help="重新启用 enable it again")
    account.command("list", "people:list_accounts", "列出 list them")


def _materials(root: _Group) -> None:
    materials = root.group("materials", "办件的材料 files of cases")
    made = materials.command("collect", "materials:collect", "没有办件引用的文件 files that no case names")
    made.add_argument("--days", type=_count, default=30, metavar="N", help="只看存放超过 N 天的 stored before that")
    made.add_argument("--delete", action="store_true", help="删除，先停止中枢 delete them; stop the hub first")


def _state(root: _Group) -> None:
    made = root.command("backup", "state:back_up", "备份到新目录，可在运行时 back up into a new folder")
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--keep", type=_count, metavar="N", help="只留同一目录下最近 N 份 keep the newest N beside it")
    made.add_argument(
        "--recipient", action="append", metavar="AGE", help="加密给此公钥，可多次 seal it for this key; may be repeated"
    )
    made = root.command("backup-key", "state:backup_key", "新的备份密钥 a new key for sealed backups")
    made.add_argument("file", type=Path, metavar="FILE", help="私钥写到这里 where the secret key goes")
    made = root.command("restore", "state:restore", "从备份恢复，先停止中枢 restore a backup; stop the hub first")
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--force-over", action="store_true", help="替换现有日志 replace the log that is there")
    made.add_argument("--forgotten", type=Path, metavar="FILE", help="更新的遗忘名单 a newer list of the forgotten")
    made.add_argument("--identity", type=Path, metavar="FILE", help="加密备份的私钥 the key of a sealed backup")
    clock = root.group("clock", "服务器时钟 the server's clock")
    clock.command("confirm", "state:confirm_clock", "确认时间正确 confirm that the time is right")
    root.command("status", "state:status", "运行状态 how the running hub is")
    root.command("devices", "state:devices", "已连接的设备 devices that were heard")


def _sync(sync: _Group) -> None:
    sync.command("status", "sync:status", "线路状态 how the line is")
    sync.command("pause", "sync:pause", "暂停收发 send and take nothing")
    sync.command("resume", "sync:resume", "继续收发，也用于处理分叉之后 go on, also after a stop that was looked at")
    sync.command(
        "new-epoch", "sync:new_epoch", "看过分叉后另起一纪元，先停止中枢 a new epoch after a fork; stop the hub first"
    )


def _sync_trust(sync: _Group) -> None:
    keys = sync.group("keys", "签名密钥 the keys that sign")
    keys.command("new", "sync_keys:new_key", "新密钥，最后一个词是公钥 the public key is the last word printed")
    keys.command("show", "sync_keys:show_key", "本大厅与网上大厅的密钥 this hall's and the online hall's")
    _online(keys.command("rotate", "sync_keys:rotate_key", "在线更换 change the key over the line"))
    made = keys.command("trust", "sync_keys:trust_key", "信任网上大厅的公钥 trust a key of the online hall")
    made.add_argument("key", metavar="KEY")
    made = keys.command("distrust", "sync_keys:distrust_key", "不再信任 trust it no longer")
    made.add_argument("keyid", metavar="KEYID")
    ca = sync.group("ca", "线路证书 certificates of the line")
    made = ca.command("request", "sync_keys:request_certificate", "大厅：写出申请 hall: write a request to be carried")
    made.add_argument("hall", nargs="?", metavar="HALL", help="默认 [sync] hall by default")
    made.add_argument("--output", type=Path, metavar="FILE")
    made = ca.command("accept", "sync_keys:accept_certificate", "大厅：启用签好的证书 hall: use what the city signed")
    made.add_argument("hall", metavar="[HALL]", help="默认 [sync] hall by default")
    made.add_argument("file", nargs="?", type=Path, metavar="FILE")
    _online(ca.command("renew-online", "sync_keys:renew_certificate", "大厅：在线更换 hall: renew it over the line"))

    def of_city(name: str, handler: str, help: str, *, days: int = 0) -> argparse.ArgumentParser:
        made = ca.command(name, f"sync_keys:{handler}", help)
        made.add_argument("folder", type=Path, metavar="DIR", help="证书目录 the authority's folder")
        if days:
            made.add_argument("--days", type=_count, default=days, metavar="N", help=f"有效天数，默认 {days} days")
        return made

    made = of_city("init", "begin_authority", "市里：新建证书机构 city: begin an authority")
    made.add_argument("--name", default="hallhub CA", metavar="NAME")
    made = of_city("server", "issue_for_server", "市里：接收端证书 city: for the receiver", days=397)
    made.add_argument("host", nargs="+", metavar="HOST")
    made = of_city("issue", "issue_for_hall", "市里：给大厅签发 city: for a hall, with its key", days=397)
    made.add_argument("hall", metavar="HALL")
    made = of_city("renew", "sign_request", "市里：签署大厅的申请 city: sign a hall's request", days=397)
    made.add_argument("hall", metavar="HALL")
    made.add_argument("file", type=Path, metavar="FILE")
    made = of_city("revoke-list", "revoke_certificate", "市里：吊销并写 crl.pem city: revoke, and write crl.pem")
    made.add_argument("name", metavar="NAME")
    of_city("list", "list_certificates", "市里：列出 city: list them")


def _online(made: argparse.ArgumentParser) -> None:
    made.add_argument("hall", nargs="?", metavar="HALL", help="默认 [sync] hall by default")
    made.add_argument("--url", metavar="URL", help="接收端，默认 [sync] url the receiver, that of [sync] by default")


def _receiver_keys(receiver: _Group) -> None:
    keys = receiver.group("keys", "各大厅的签名公钥 public keys of the halls")

    def ring(name: str, handler: str, help: str) -> argparse.ArgumentParser:
        made = keys.command(name, f"sync_keys:{handler}", help)
        made.add_argument("--ring", type=Path, metavar="FILE", help="公钥文件，默认设置里的 halls the file of keys")
        return made

    made = ring("add", "add_hall_key", "登记 know a key")
    made.add_argument("hall", metavar="HALL")
    made.add_argument("key", metavar="KEY", help="公钥 the public key, as sync keys new printed it")
    made = ring("list", "list_hall_keys", "列出 list them")
    made.add_argument("hall", nargs="?", default="", metavar="HALL")
    made = ring("revoke", "revoke_hall_key", "吊销，连同由它换出的 revoke one, and all that it announced")
    made.add_argument("hall", metavar="HALL")
    made.add_argument("keyid", metavar="KEYID")


def _receiver(root: _Group) -> None:
    made = root.command("receiver", "receiver:run", "网办接收端 the city's end of the line; alone: run it")
    receiver = _Group(made, root.configured, required=False)

    def stored(made: argparse.ArgumentParser, *, files: bool = False) -> argparse.ArgumentParser:
        # before or after the command that it belongs to, so nothing may be set by the one that was not given
        add = made.add_argument
        unset = argparse.SUPPRESS
        add("--url", default=unset, metavar="URL", help="postgresql://…、sqlite:///PATH 或 or memory:")
        if files:
            add("--files", default=unset, type=Path, metavar="DIR", help="上传文件的目录 where uploaded files lie")
        return made

    stored(made, files=True)
    made.add_argument("--listen", metavar="HOST:PORT", help="大厅连到这里 where halls connect to")
    made.add_argument("--city-listen", metavar="HOST:PORT", help="网办平台与网页另用的地址 the city's own address")
    token = receiver.group("token", "网办平台的令牌 tokens for the online hall's programs")
    made = stored(token.command("create", "receiver:create_token", "新令牌，最后一个词 the last word printed"))
    made.add_argument("--label", default="", help="用途 what it is for")
    stored(token.command("list", "receiver:list_tokens", "列出 list them"))
    made = stored(token.command("revoke", "receiver:revoke_token", "吊销 revoke one"))
    made.add_argument("token", metavar="ID")
    made = stored(
        receiver.command("backup", "receiver:back_up", "备份 SQLite，可在运行时 also while it runs"), files=True
    )
    made.add_argument("folder", type=Path, metavar="DIR")
    made = stored(
        receiver.command("restore", "receiver:restore", "从备份恢复，先停止 restore; stop it first"), files=True
    )
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--force-over", action="store_true", help="替换现有数据 replace what is there")
    _receiver_keys(receiver)
