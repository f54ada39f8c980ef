"""One interface over a folder and a bucket. Keys are data: they are looked up, never joined to a path.

A local folder is read in place; S3 objects are copied to `landing/` before they are read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as listed: its key below the source's uri, its size in bytes and its marks."""

    key: str
    size: int
    modified_ns: int
    etag: str = ""


class ObjectStore(Protocol):
    """Where a source's objects lie."""

    def list(self) -> Iterator[StoredObject]:
        """All objects, in key order. Raises SourceError where the place cannot be read."""
        ...

    def read(self, item: StoredObject) -> bytes:
        """A small object's bytes, a manifest's for one."""
        ...

    def materialise(self, item: StoredObject, landing: Path) -> Path:
        """A local file with the object's bytes; in place where it is local already."""
        ...

    def fingerprint(self, item: StoredObject) -> StoredObject:
        """The object with a mark that changes when its bytes do (an ETag, or a SHA-256)."""
        ...

    def address(self, key: str) -> str:
        """The object's address as a person would write it."""
        ...


@dataclass(frozen=True)
class LocalStore:
    """A folder of the same layout as a bucket, read in place.

    Objects whose key, size and modification time were seen before keep the hash they had then,
    so that a run with nothing new reads no file twice.
    """

    root: Path
    known: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def list(self) -> Iterator[StoredObject]:
        """All files below the folder in key order; names that are not UTF-8 are refused by name."""
        if not self.root.exists():
            raise SourceError(
                "this folder does not exist",
                where=str(self.root),
                todo="correct uri in the configuration",
            )
        is_file = self.root.is_file()
        found = [(self.root.name, str(self.root))] if is_file else self._walk(str(self.root))
        items = []
        for key, path in found:
            try:
                stat = os.stat(path)  # noqa: PTH116 - a trail has many thousand files
            except OSError as error:
                raise SourceError(f"cannot be read ({error.strerror})", where=path) from error
            items.append(StoredObject(key, stat.st_size, stat.st_mtime_ns))
        yield from sorted(items, key=lambda item: item.key)

    def _walk(self, folder: str) -> Iterator[tuple[str, str]]:
        """Key and path of every file that is not hidden."""

        def refuse(error: OSError) -> None:
            raise SourceError(
                f"this folder cannot be read ({error.strerror})",
                where=str(error.filename),
                todo="grant read access to it",
            ) from error

        for where, folders, files in os.walk(folder, onerror=refuse):
            folders.sort()
            below = os.path.relpath(where, folder)
            prefix = "" if below == os.curdir else f"{Path(below).as_posix()}/"
            for name in files:
                if not name.startswith("."):
                    yield f"{prefix}{name}", f"{where}/{name}"

    def path(self, key: str) -> Path:
        """The file of a listed key."""
        return self.root if self.root.is_file() else self.root / key

    def read(self, item: StoredObject) -> bytes:
        """The file's bytes."""
        try:
            return self.path(item.key).read_bytes()
        except OSError as error:
            where = self.address(item.key)
            raise SourceError(f"cannot be read ({error.strerror})", where=where) from error

    def materialise(self, item: StoredObject, landing: Path) -> Path:  # noqa: ARG002 - in place
        """The file itself."""
        return self.path(item.key)

    def fingerprint(self, item: StoredObject) -> StoredObject:
        """The object with its SHA-256."""
        seen = self.known.get((item.key, item.size, item.modified_ns))
        if seen:
            return replace(item, etag=seen)
        try:
            with self.path(item.key).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            where = self.address(item.key)
            raise SourceError(f"cannot be read ({error.strerror})", where=where) from error
        return replace(item, etag=digest)

    def address(self, key: str) -> str:
        """The file's path."""
        return str(self.path(key))


@dataclass(frozen=True)
class LandedStore:
    """Objects that lie in `landing/` already, because they were made there of what an API told.

    An address is the key between `before` and without its ending `after`.
    """

    before: str
    after: str
    found: dict[str, tuple[StoredObject, Path]] = field(default_factory=dict)

    def add(self, item: StoredObject, path: Path) -> None:
        """Takes up an object and where it lies."""
        self.found[item.key] = item, path

    def list(self) -> Iterator[StoredObject]:
        """The objects in key order."""
        yield from (item for _, (item, _) in sorted(self.found.items()))

    def read(self, item: StoredObject) -> bytes:
        """The file's bytes."""
        return self.found[item.key][1].read_bytes()

    def materialise(self, item: StoredObject, landing: Path) -> Path:  # noqa: ARG002 - in place
        """The file itself."""
        return self.found[item.key][1]

    def fingerprint(self, item: StoredObject) -> StoredObject:
        """The object, whose mark was made with it."""
        return item

    def address(self, key: str) -> str:
        """What was asked for, as a person would write it."""
        return f"{self.before}{key.removesuffix(self.after)}"


def open_store(uri: str, known: dict[tuple[str, int, int], str], access: AwsAccess) -> ObjectStore:
    """The store a uri names: `s3://bucket/prefix`, reached by `access`, or a folder."""
    if uri.startswith("s3://"):
        from spaceledger.sources.aws import client_of
        from spaceledger.sources.s3 import S3Store

        return S3Store.of(uri, client_of("s3", access, uri))
    if "://" in uri:
        raise SourceError(
            "this kind of uri is not known", where=uri, todo="use s3://bucket/prefix or a folder"
        )
    return LocalStore(Path(uri), known)
