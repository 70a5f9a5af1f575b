"""A backup put in the place of a hub's state, on the same machine or another.

Whoever was forgotten since the backup is forgotten again, and the hub's term rises, so that devices take no order of
the hub that was replaced. Until all is in place a folder ``hall.restoring`` stands beside the log and no hub starts.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hub.core.epoch import begin_epoch, epoch_path
from hub.core.paths import StatePaths, trust_files
from hub.core.term import load_term, raise_term, term_path
from hub.log.keys import Keys
from hub.log.lock import Lock
from hub.log.open import log_path, open_reader
from hub.ops.backup import (
    ACCESS,
    DRAFT,
    FILES,
    FORMAT,
    KEYS,
    LOG,
    MANIFEST,
    NOTICES,
    SECRET,
    TRUSTED,
    Manifest,
    read_forgotten,
    sha256,
    sync_file,
    sync_folder,
    verified,
)
from hub.ops.faults import BROKEN, BUSY, CONFIG, Fault
from hub.ops.sealing import unseal_into
from hub.ops.state_files import staging_of
from hub.settings import Settings


def restore(
    settings: Settings,
    folder: Path,
    *,
    over: bool = False,
    forgotten: Path | None = None,
    identity: Path | None = None,
) -> Manifest:
    """Put the backup in ``folder`` in place; with ``over`` what is there is moved aside, else it is refused.

    ``forgotten``: a newer list of the forgotten, from a later backup. ``identity``: the key that opens a sealed one.
    Raises ``Fault``, ``InUse``, ``OSError``.
    """
    source = folder.absolute()
    paths = StatePaths.of(log_path(settings.log.url).absolute())
    paths.log.parent.mkdir(parents=True, exist_ok=True)
    with closing(Lock(paths.lock)):
        manifest = check(source)
        staging = staging_of(paths.log)
        unfinished = staging.exists()
        if paths.log.exists() and not over and not unfinished:
            raise Fault(
                CONFIG,
                f"{paths.log} 已存在。要替换它请加 --force-over，原文件会移到旁边。",
                f"{paths.log} exists. To replace it add --force-over; the old files are moved aside.",
            )
        opened = paths.log.with_name(f"{paths.log.stem}.sealing")
        if manifest.sealed_for:
            manifest = _unsealed(source, manifest, opened, identity)
            source = opened
        lost = {*read_forgotten(source / KEYS), *read_forgotten(paths.keys), *_listed(forgotten)}
        lost |= set(_listed(staging / "forgotten.json")) if unfinished else set()
        _stage(source, staging, lost)
        _put(paths, staging)
        _forget_again(settings, paths, lost)
        raise_term(term_path(paths.log), manifest.term)
        _begin_epoch(settings, paths)
        shutil.rmtree(staging)
        shutil.rmtree(opened, ignore_errors=True)
        sync_folder(paths.log.parent)
    return manifest


def _unsealed(folder: Path, manifest: Manifest, into: Path, identity: Path | None) -> Manifest:
    """The plain backup in a sealed one, opened beside the log and checked."""
    if identity is None:
        raise Fault(
            CONFIG,
            "这份备份是加密的，请用 --identity 指明备份私钥文件。",
            "This backup is sealed. Name the file with its key: --identity FILE.",
        )
    unseal_into(folder, [file.name for file in manifest.files], into, identity)
    return check(into)


def check(folder: Path) -> Manifest:
    """The manifest of a whole backup: every file is as it was written and the log's chain holds. Raises ``Fault``."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        raise Fault(
            CONFIG, f"{folder} 不是完整的备份。", f"{folder} is no complete backup: {MANIFEST} is missing."
        ) from None
    except ValueError as error:  # msgspec's errors and bytes that are no UTF-8
        raise Fault(BROKEN, f"{folder / MANIFEST} 已损坏。", f"{folder / MANIFEST} is damaged: {error}") from None
    if not 1 <= manifest.format <= FORMAT:
        raise Fault(
            CONFIG, "备份格式不认识。", f"The backup has format {manifest.format}; this program knows {FORMAT}."
        )
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file() or sha256(path) != file.sha256:
            raise Fault(
                BROKEN, f"备份文件 {file.name} 缺失或已损坏。", f"{file.name} of the backup is missing or damaged."
            )
    return manifest


def _stage(source: Path, staging: Path, lost: set[tuple[str, int]]) -> None:
    """Copies beside the log, checked again where they will be used."""
    staging.mkdir(mode=0o700, exist_ok=True)
    (staging / "forgotten.json").write_bytes(msgspec.json.encode(sorted(lost)))
    sync_file(staging / "forgotten.json")
    for name in (LOG, ACCESS, DRAFT, KEYS, SECRET, *TRUSTED):
        if (source / name).exists():
            target = staging / Path(name).name
            shutil.copyfile(source / name, target)
            target.chmod(0o600)
            sync_file(target)
    for name in (FILES, NOTICES):
        _stage_folder(source / name, staging / name)
    verified(staging / LOG)
    sync_folder(staging)
    sync_folder(staging.parent)


def _stage_folder(source: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    if not source.exists():
        return
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for path in (*target.rglob("*"), target):
        if path.is_dir():
            path.chmod(0o700)
            sync_folder(path)
        else:
            path.chmod(0o600)
            sync_file(path)


def _put(paths: StatePaths, staging: Path) -> None:
    """Move the old state aside and the new one in; the log comes last."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = paths.log.with_name(f"{paths.log.stem}.replaced-{moment}")
    for path in (paths.log, paths.keys, paths.views, paths.access, paths.draft, paths.secret):
        for old in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            if old.exists():
                aside.mkdir(mode=0o700, exist_ok=True)
                old.rename(aside / old.name)
    for folder in (paths.files, paths.uploads, paths.notices):
        if folder.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            folder.rename(aside / folder.name)
    for name, path in (
        (KEYS, paths.keys),
        (SECRET, paths.secret),
        (ACCESS, paths.access),
        (DRAFT, paths.draft),
        (FILES, paths.files),
        (NOTICES, paths.notices),
        (LOG, paths.log),
    ):
        staged = staging / Path(name).name
        if staged.exists():
            staged.rename(path)
    for name, path in zip(TRUSTED, trust_files(paths.log), strict=True):
        # those that are there are as new or newer: a key that was changed since the backup would be refused
        if (staging / Path(name).name).exists() and not path.exists():
            (staging / Path(name).name).rename(path)
    sync_folder(paths.log.parent)


def _forget_again(settings: Settings, paths: StatePaths, lost: set[tuple[str, int]]) -> None:
    load_term(term_path(paths.log))
    with closing(open_reader(settings.log.url)) as reader, closing(Keys(paths.keys)) as keys:
        keys.follow(reader)
        if not keys.replay(sorted(lost)):
            raise Fault(BUSY, "密钥文件正被占用，请重新恢复。", "The keys' file is in use; run the restore again.")


def _begin_epoch(settings: Settings, paths: StatePaths) -> None:
    """The online hall hears from where on what it has belongs to the history that was left."""
    with closing(open_reader(settings.log.url)) as reader:
        begin_epoch(epoch_path(paths.log), reader.head())


def _listed(path: Path | None) -> list[tuple[str, int]]:
    if path is None or not path.exists():
        return []
    return msgspec.json.decode(path.read_bytes(), type=list[tuple[str, int]])
