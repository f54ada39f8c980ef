"""Work happens on a copy; publishing swaps one symbolic link. No crash at any instant loses a build.

`home/current` points at `builds/<build_id>`; `ledger.duckdb` and `reports` are links through it, so
all change at one instant. Names are never used twice: a stray `.wal` cannot meet a new file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from spaceledger.errors import HomeError, LockedError
from spaceledger.paths import Home
from spaceledger.warehouse.connection import open_work, run

KEPT_BUILDS = 3
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Work:
    """An unfinished build: its id, its folder and its database."""

    build_id: str
    folder: Path

    @property
    def database(self) -> Path:
        """The work database; it becomes the published ledger."""
        return self.folder / "ledger.duckdb"

    @property
    def reports(self) -> Path:
        """Where its Parquet and HTML are made."""
        return self.folder / "reports"


def new_build_id(now: datetime) -> str:
    """An id that sorts by time and names a folder: `20261124T031700123456Z`."""
    return now.strftime("%Y%m%dT%H%M%S%fZ")


@contextmanager
def locked(home: Home, command: str) -> Iterator[None]:
    """Holds the home's lock. Raises LockedError naming the holder, at once."""
    try:
        home.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(f"cannot be made ({error.strerror})", where=str(home.root)) from error
    lock = FileLock(home.lock, timeout=0)
    holder = home.root / ".lock-holder"
    try:
        lock.acquire()
    except Timeout:
        who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another run"
        raise LockedError(
            f"is locked by {who}", where=str(home.root), todo="wait for it to end, then run again"
        ) from None
    except OSError as error:
        raise HomeError(f"cannot be locked ({error.strerror})", where=str(home.root)) from error
    try:
        holder.write_text(
            f"`spaceledger {command}`, process {os.getpid()} on {os.uname().nodename}\n"
        )
        yield
    except OSError as error:
        where = str(error.filename or home.root)
        raise HomeError(
            f"cannot be written or read ({error.strerror or error})",
            where=where,
            todo="free space or grant access, then run again; the published ledger stands",
        ) from error
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def sweep(home: Home, *, keep_work: bool = False) -> None:
    """Start-up, under the lock: empties `.work/` and drops builds that never became current."""
    if not keep_work:
        shutil.rmtree(home.work, ignore_errors=True)
    current = current_build(home)
    if home.builds.is_dir():
        for folder in home.builds.iterdir():
            if current is None or folder.name > current:
                _remove(folder)


def current_build(home: Home) -> str | None:
    """The id of the published build."""
    return home.current.resolve().name if home.current.exists() else None


def start(home: Home, build_id: str) -> Work:
    """A new work folder with a writable copy of the published ledger, where there is one."""
    work = Work(build_id, home.work / build_id)
    work.folder.mkdir(parents=True)
    if home.current.exists():
        # Renamed when whole: a lone step may go on with what a crash left here.
        partial = work.folder / "ledger.part"
        shutil.copyfile(home.current.resolve() / "ledger.duckdb", partial)
        partial.rename(work.database)
    return work


@contextmanager
def scratch(home: Home) -> Iterator[Work]:
    """A copy of the published ledger that is thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=home.root) as folder:
        work = Work("scratch", Path(folder))
        shutil.copyfile(home.current.resolve() / "ledger.duckdb", work.database)
        yield work


def drop_reports(work: Work) -> None:
    """Removes reports made before, so that none outlives the build it was made from."""
    shutil.rmtree(work.reports, ignore_errors=True)


def unfinished(home: Home) -> Work | None:
    """The work a lone step before this one left behind."""
    folders = sorted(home.work.iterdir()) if home.work.is_dir() else []
    found = [folder for folder in folders if (folder / "ledger.duckdb").exists()]
    return Work(found[-1].name, found[-1]) if found else None


def close_for_readers(con: duckdb.DuckDBPyConnection) -> None:
    """Drops what only the build needs, so that older clients find plain tables alone."""
    run(con, "drop schema if exists staging cascade")
    names = run(
        con,
        "select distinct function_name, function_type from duckdb_functions()"
        " where not internal and schema_name = 'main' and database_name = current_database()",
    )
    for name, kind in names:
        run(con, f"drop {kind.replace('_', ' ')} if exists {name}")
    run(con, "checkpoint")


def publish(home: Home, work: Work, *, as_copy: bool, step: Step) -> Path:
    """Makes a finished work folder the published build. Every connection to it must be closed."""
    wal = work.database.with_name(work.database.name + ".wal")
    if wal.exists():
        with open_work(work.database) as con:
            close_for_readers(con)
    if wal.exists():
        raise HomeError("a write-ahead log is left beside the work database", where=str(wal))
    shutil.rmtree(work.folder / "spill", ignore_errors=True)
    work.database.chmod(0o444)
    step("sync")
    _sync_tree(work.folder)
    home.builds.mkdir(exist_ok=True)
    target = home.builds / work.build_id
    step("move")
    work.folder.rename(target)
    _sync(home.builds)
    step("swap")
    _point(home.current, Path("builds") / work.build_id, home)
    if as_copy:
        _publish_copy(home, target)
    else:
        _point(home.ledger, Path("current/ledger.duckdb"), home)
        _point(home.reports, Path("current/reports"), home)
    _sync(home.root)
    step("prune")
    _prune(home)
    return target


def _point(link: Path, target: Path, home: Home) -> None:
    """Makes a symbolic link, or moves it, in one rename."""
    if link.is_symlink() and link.readlink() == target:
        return
    home.work.mkdir(exist_ok=True)
    fresh = home.work / f"{link.name}.link"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(home.root / target, home.root))
    fresh.replace(link)


def _publish_copy(home: Home, target: Path) -> None:
    """For shares that follow no links: whole copies, each renamed into place."""
    home.work.mkdir(exist_ok=True)
    fresh = home.work / "ledger.copy"
    shutil.copyfile(target / "ledger.duckdb", fresh)
    fresh.chmod(0o444)
    fresh.replace(home.ledger)
    reports = home.work / "reports.copy"
    shutil.copytree(target / "reports", reports)
    if home.reports.is_symlink():
        home.reports.unlink()
    elif home.reports.exists():
        home.reports.rename(home.work / "reports.old")
    reports.rename(home.reports)
    shutil.rmtree(home.work / "reports.old", ignore_errors=True)


def _prune(home: Home) -> None:
    current = current_build(home)
    folders = sorted((f for f in home.builds.iterdir() if f.is_dir()), key=lambda f: f.name)
    for folder in folders[:-KEPT_BUILDS]:
        if folder.name != current:
            _remove(folder)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _sync_tree(folder: Path) -> None:
    for where, _, files in os.walk(folder, topdown=False):
        for name in files:
            _sync(Path(where) / name)
        _sync(Path(where))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
