"""A backup of a hub's state into a folder, also while the hub runs.

Order matters: the log first, then the keys, so that every sealed value of the copy finds its key; then the stored
files, of which none that the log names is ever deleted, so that whatever the copied log names is there. Keys and secret
lie in a folder of their own, to be kept apart from the rest. The folder gets its name only when all of it is on the
disk, the copy's chain was followed to its end and the manifest tells every file's SHA-256.

Files that an earlier backup beside this one has are linked, not copied: thirty nights hold each file once.

With recipients the folder holds everything sealed (``hub.ops.sealing``) and can be taken anywhere.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from hub.core.paths import TRUST, StatePaths, trust_files
from hub.core.term import load_term, term_path
from hub.log.export import verify
from hub.log.open import log_path, open_reader
from hub.materials.store import Store
from hub.ops.control import operate
from hub.ops.faults import BROKEN, CONFIG, Fault
from hub.ops.sealing import END, Recipient, fingerprint, recipients_of, seal_file
from hub.settings import Settings

MANIFEST = "manifest.json"
FORMAT = 2
"""1 had no stored files."""
FILES, NOTICES = "files", "notices"
LOG, ACCESS, DRAFT, KEYS, SECRET, FORGOTTEN = (
    "hall.db",
    "hall.access.db",
    "hall.draft.json",
    "keys/hall.keys.db",
    "keys/hall.secret",
    "keys/forgotten.json",
)
TRUSTED = tuple(f"keys/hall.{name}" for name in TRUST)
"""Of the line to the online hall; without a line there are none."""
NOTE = """\
hall.keys.db 和 hall.secret 能打开日志里的个人信息（手机号等）；hall.signing.pem 和 hall.line.pem 能以本大厅的名义
与网上大厅联系。请与其他备份文件分开保管，只给需要的人。
forgotten.json 是已遗忘人员的名单（只有编号），恢复旧备份时请用最新的一份：hallhub restore DIR --forgotten FILE。

hall.keys.db and hall.secret open the personal values (phone numbers) in the log; whoever has hall.signing.pem and
hall.line.pem can speak to the online hall in this hall's name. Keep them apart from the rest of the backup.
forgotten.json lists who was forgotten (by number only); when an older backup is restored, give the newest one:
hallhub restore DIR --forgotten FILE.
"""


class Copied(msgspec.Struct, frozen=True):
    """One file of a backup by its path in the folder."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """``position`` and ``hash`` (hex) are the log's head; ``made_at`` is RFC 3339 in UTC; ``term`` the hub's.

    ``begins`` (hex) is the hash of the log's first entry: it tells one hall's log from another's. ``damaged`` names the
    stored files (SHA-256) that could not be copied, since their content is another and no earlier backup has them.
    """

    format: int
    program: str
    made_at: str
    position: int
    hash: str
    term: int
    files: tuple[Copied, ...]
    begins: str = ""
    damaged: tuple[str, ...] = ()
    sealed_for: str = ""
    """Stands for the recipients' keys; the files are sealed and the plain manifest is one of them."""


def back_up(settings: Settings, folder: Path, recipients: Sequence[str] = ()) -> Manifest:
    """Copy the state into ``folder``, which must be new or empty; sealed for ``recipients``, if any.

    Raises ``Fault``, ``OSError``, ``FileNotFoundError`` without a log, ``LogBroken``.
    """
    keys = recipients_of(recipients)
    target = folder.absolute()
    paths = StatePaths.of(log_path(settings.log.url).absolute())
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Fault(
            CONFIG, f"{target} 已存在且不为空，请换一个目录。", f"{target} is not empty; choose another folder."
        )
    if not paths.log.exists():
        raise FileNotFoundError(2, "no log", str(paths.log))
    part = target.with_name(target.name + ".partial")
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(mode=0o700, parents=True)
    if keys:
        manifest = _fill_sealed(settings, paths, part, keys, fingerprint(recipients))
    else:
        manifest = _fill(settings, paths, part, None)
    if target.exists():
        target.rmdir()
    part.rename(target)
    sync_folder(target.parent)
    return manifest


def drop_old(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest backups of the same log beside ``folder`` until ``keep`` are left. What was deleted.

    Only whole ones count; another hall's backups in the same place are left alone.
    """
    mine = _manifest_in(folder)
    found: list[tuple[str, Path]] = []
    for path in folder.absolute().parent.iterdir():
        manifest = _manifest_in(path)
        if manifest is not None and mine is not None and manifest.begins == mine.begins:
            found.append((manifest.made_at, path))
    old = [path for _, path in sorted(found)[:-keep]]
    for path in old:
        (path / MANIFEST).unlink()  # from here on it is no backup, also when the rest is interrupted
        shutil.rmtree(path)
    return old


def _manifest_in(folder: Path) -> Manifest | None:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, ValueError):
        return None


def _fill_sealed(
    settings: Settings, paths: StatePaths, part: Path, keys: Sequence[Recipient], sealed_for: str
) -> Manifest:
    """A plain backup beside the log, where the state lies in clear anyway, and from there sealed into ``part``."""
    plain = paths.log.with_name(f"{paths.log.stem}.sealing")
    if plain.exists():
        shutil.rmtree(plain)
    plain.mkdir(mode=0o700)
    try:
        manifest = _fill(settings, paths, plain, paths.files)
        earlier = _earlier(part, manifest.begins, sealed_for)
        known = {} if earlier is None else {file.name: file for file in earlier[1].files}
        for path in (*files_in(plain), plain / MANIFEST):
            name = path.relative_to(plain).as_posix() + END
            stored = known.get(name) if name.startswith(FILES + "/") else None
            if stored is None or earlier is None or not _linked(earlier[0] / name, part / name, stored.sha256):
                seal_file(path, part / name, keys)
    finally:
        shutil.rmtree(plain)
    files = tuple(_described(part, path, sealed=True) for path in files_in(part))
    return _sealed_off(part, msgspec.structs.replace(manifest, files=files, sealed_for=sealed_for))


def _fill(settings: Settings, paths: StatePaths, part: Path, stored: Path | None) -> Manifest:
    """``stored``: where stored files may be linked from, else from an earlier backup beside this one."""
    (part / "keys").mkdir(mode=0o700)
    copy_database(paths.log, part / LOG)
    asyncio.run(operate(settings, "settle-keys"))
    copy_database(paths.keys, part / KEYS)
    shutil.copy2(paths.secret, part / SECRET)
    for name, path in zip(TRUSTED, trust_files(paths.log), strict=True):
        if path.exists():
            shutil.copy2(path, part / name)
    forgotten = msgspec.json.encode(read_forgotten(part / KEYS))
    (part / FORGOTTEN).write_bytes(forgotten)
    (part / "keys" / "README.txt").write_text(NOTE, encoding="utf-8")
    if paths.access.exists():
        copy_database(paths.access, part / ACCESS)
    if paths.draft.exists():
        shutil.copy2(paths.draft, part / DRAFT)
    if paths.notices.exists():
        shutil.copytree(paths.notices, part / NOTICES)
    with closing(open_reader(f"sqlite:///{(part / LOG).absolute()}")) as reader:
        begins = "".join(entry.hash.hex() for entry in reader.read(0, 1))
    position, head = verified(part / LOG)
    if stored is None and (earlier := _earlier(part, begins, "")) is not None:
        stored = earlier[0] / FILES
    damaged = copy_files(paths.files, part / FILES, stored)
    manifest = Manifest(
        FORMAT,
        version("hallhub"),
        datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        position,
        head,
        load_term(term_path(paths.log)),
        tuple(_described(part, path) for path in files_in(part)),
        begins,
        damaged,
    )
    return _sealed_off(part, manifest)


def _sealed_off(part: Path, manifest: Manifest) -> Manifest:
    """The manifest written, and all of it on the disk."""
    (part / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    for path in (*files_in(part), part / MANIFEST):
        path.chmod(0o600)
        sync_file(path)
    for folder in (*(path for path in part.rglob("*") if path.is_dir()), part):
        sync_folder(folder)
    return manifest


def copy_files(source: Path, target: Path, earlier: Path | None) -> tuple[str, ...]:
    """Every stored file into ``target``, in the same folders; ``earlier`` holds those of an older backup.

    Each is what its name says, or it is left out and named in the answer.
    """
    damaged: list[str] = []
    store = Store(source)
    for name in store.all():
        place = target / name[:2] / name[2:]
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        old = None if earlier is None else earlier / name[:2] / name[2:]
        copied = _linked(old, place, name) or _copied(store.place(name), place, name)
        # one that went meanwhile is one that no entry names
        if not copied and store.has(name):
            damaged.append(name)
    return tuple(damaged)


def _linked(old: Path | None, place: Path, name: str) -> bool:
    if old is None or not old.is_file() or sha256(old) != name:
        return False
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        place.hardlink_to(old)
    except OSError:  # a disk without links
        return _copied(old, place, name)
    return True


def _copied(source: Path, place: Path, name: str) -> bool:
    try:
        shutil.copyfile(source, place)
    except OSError as error:
        if error.errno not in (errno.EIO, errno.ENOENT):
            raise
    if place.exists() and sha256(place) == name:
        return True
    place.unlink(missing_ok=True)
    return False


def _earlier(part: Path, begins: str, sealed_for: str) -> tuple[Path, Manifest] | None:
    """The newest whole backup of the same log beside this one that holds stored files for the same readers."""
    found: list[tuple[str, Path, Manifest]] = []
    for path in part.parent.iterdir():
        manifest = _manifest_in(path)
        fits = manifest is not None and manifest.begins == begins and manifest.sealed_for == sealed_for
        if manifest is not None and fits and (path / FILES).is_dir():
            found.append((manifest.made_at, path, manifest))
    return max(found, key=lambda each: each[0])[1:] if found else None


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a SQLite file that others may be writing, as one file without a write-ahead log."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")


def read_forgotten(keys: Path) -> list[tuple[str, int]]:
    """Who was forgotten and when (ms), from a file of keys that nobody need have open; empty without a file."""
    if not keys.exists():
        return []
    with closing(sqlite3.connect(f"{keys.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
        rows = db.execute("SELECT subject, at FROM forgotten ORDER BY at, subject").fetchall()
    return [(bytes(subject).hex(), int(at)) for subject, at in rows]


def verified(log: Path) -> tuple[int, str]:
    """Position and hash (hex) of the head of a log whose chain is whole. Raises ``Fault``."""
    verdict = verify(f"sqlite:///{log.absolute()}")
    if verdict.fault is not None:
        at = verdict.fault.position
        raise Fault(
            BROKEN,
            f"日志在第 {at} 条与校验链不符。",
            f"The log's chain is broken at position {at} ({verdict.fault.kind}).",
        )
    for extra in ("-wal", "-shm"):
        log.with_name(log.name + extra).unlink(missing_ok=True)
    return verdict.head.position, verdict.head.hash.hex()


def files_in(folder: Path) -> Iterable[Path]:
    """All files of a backup but its manifest, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _described(folder: Path, path: Path, *, sealed: bool = False) -> Copied:
    name = path.relative_to(folder).as_posix()
    stored = name.startswith(FILES + "/") and not sealed  # looked through when it was copied
    return Copied(name, path.stat().st_size, path.parent.name + path.name if stored else sha256(path))
