"""An S3 prefix as an object store.

Objects land under a name made from a hash of the key, so that no key becomes a path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

from spaceledger.ahead import check_wanted
from spaceledger.errors import AlteredSourceError, SourceError, TransientSourceError
from spaceledger.landing import opened, partial_in, settle, size_of
from spaceledger.settings import AwsAccess
from spaceledger.sources.aws import client_of, session_of
from spaceledger.sources.bodies import CHUNK, FastBodies, slow_chunks
from spaceledger.sources.integrity import Meter, Proof, asked_proof, is_whole, quick_proof
from spaceledger.sources.objects import StoredObject
from spaceledger.sources.patience import patiently

Body = bytes | memoryview

# Readers go by the ending; the rest of a stranger's name never becomes part of a path.
_ENDINGS = (".csv.gz", ".csv.zip", ".csv", ".zip", ".parquet", ".json.gz", ".json", ".gz")

# These hold a checksum of their own, which is looked at when they are read.
_PACKED = (".gz", ".zip")


@dataclass(frozen=True)
class S3Store:
    """The objects below one prefix of one bucket."""

    client: Any
    bucket: str
    prefix: str
    fast: FastBodies | None = None
    # Copies without a checksum of their own that this store has made or held against their objects.
    seen: set[str] = field(default_factory=set)
    # Set once an object turned out to lie under a KMS key, where ETags are no MD5.
    is_opaque: Event = field(default_factory=Event)
    is_remote = True

    @classmethod
    def of(cls, uri: str, client: Any, session: Any = None, endpoint: str | None = None) -> S3Store:
        """The store of `s3://bucket/prefix`, reached through a boto3 S3 client and its session."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        fast = FastBodies(client, session, bucket, endpoint) if session else None
        prefix = prefix.rstrip("/") + "/" if prefix.strip("/") else ""
        return cls(client, bucket, prefix, fast)

    @classmethod
    def open(cls, uri: str, access: AwsAccess) -> S3Store:
        """The store with the access a source is configured with."""
        session = session_of(access, uri)
        client = client_of("s3", access, uri, session=session)
        return cls.of(uri, client, session, access.endpoint_url)

    def list(self, below: str = "", after: str = "") -> Iterator[StoredObject]:
        """All objects below the prefix whose keys begin with `below` and lie behind `after`, in key order."""
        behind = {"StartAfter": self.prefix + after} if after else {}
        for page in self._pages(below, **behind):
            yield from self._objects(page)

    def children(self, below: str = "") -> tuple[tuple[str, ...], tuple[StoredObject, ...]]:
        """The folders (with a slash at the end) and the objects that lie right in one folder."""
        folders: list[str] = []
        objects: list[StoredObject] = []
        for page in self._pages(below, Delimiter="/"):
            found = [
                entry["Prefix"][len(self.prefix) :] for entry in page.get("CommonPrefixes", ())
            ]
            folders += [folder for folder in found if folder != below]
            objects += self._objects(page)
        return tuple(folders), tuple(objects)

    def _pages(self, below: str, **options: str) -> Iterator[dict[str, Any]]:
        prefix = self.prefix + below
        asked: dict[str, str] = {"Bucket": self.bucket, "Prefix": prefix, **options}
        permission = f"s3:ListBucket on {self.bucket} (prefix {self.prefix}*)"
        while True:
            page: dict[str, Any] = patiently(
                lambda: self.client.list_objects_v2(**asked),
                where=self.address(below),
                permission=permission,
            )
            yield page
            following = page.get("NextContinuationToken")
            if not page.get("IsTruncated") or not following:
                return
            if following == asked.get("ContinuationToken"):
                raise SourceError("the listing repeats a page", where=self.address(below))
            asked["ContinuationToken"] = following

    def _objects(self, page: dict[str, Any]) -> Iterator[StoredObject]:
        for entry in page.get("Contents", ()):
            key = entry["Key"][len(self.prefix) :]
            if key and not key.endswith("/"):
                modified = int(entry["LastModified"].timestamp() * 1_000_000_000)
                yield StoredObject(key, entry["Size"], modified, entry["ETag"].strip('"'))

    def read(self, item: StoredObject) -> bytes:
        """The object's bytes, of the version that was listed."""
        return patiently(lambda: self._read(item), **self._asked_for(item.key))

    def _read(self, item: StoredObject) -> bytes:
        body = b"".join(self._chunks(item, 0))
        proof = quick_proof(item.etag, item.size) or self._asked_proof(item)
        if len(body) != item.size or not self._is_whole(item, body, proof):
            raise AlteredSourceError("arrives altered", where=self.address(item.key))
        return body

    def materialise(self, item: StoredObject, landing: Path) -> Path:
        """A copy in `landing`, written to a temporary name and renamed; kept once it is there.

        Not flushed to the disk: after a power cut a file system shows the size that was written, and a copy
        of another size than its object is fetched again.
        """
        target = self._landed(item, landing)
        if self._is_landed(item, target):
            return Path(target)
        partial = partial_in(landing)
        try:
            if not self._fetch_small(item, partial):
                patiently(lambda: self._fetch(item, partial), **self._asked_for(item.key))
            settle(partial, target)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        if not target.endswith(_PACKED):
            self.seen.add(target)
        return Path(target)

    def _is_landed(self, item: StoredObject, target: str) -> bool:
        """Whether a copy is there that can be relied on.

        A copy that an earlier run made may have been damaged since; packed ones show that themselves.
        """
        if size_of(target) != item.size:
            return False
        if target.endswith(_PACKED) or target in self.seen:
            return True
        with Path(target).open("rb") as file:
            if proof := quick_proof(item.etag, item.size):
                agrees = self._is_whole(item, file.read(), proof)
            else:
                meter = Meter(self._asked_proof(item))
                while chunk := file.read(CHUNK):
                    meter.update(chunk)
                agrees = meter.agrees()
        if agrees:
            self.seen.add(target)
        return agrees

    def _landed(self, item: StoredObject, landing: Path) -> str:
        """Where the copy of this version of an object lies, or will."""
        mark = hashlib.sha256(
            f"{self.bucket}/{self.prefix}{item.key}|{item.etag}".encode("utf-8", "surrogateescape")
        ).hexdigest()
        name = item.key.rsplit("/", 1)[-1].lower()
        ending = next((ending for ending in _ENDINGS if name.endswith(ending)), "")
        return f"{landing}/{mark[:2]}/{mark}{ending}"

    def _fetch_small(self, item: StoredObject, partial: str) -> bool:
        """Whether a small object came at the first try, which is the usual case and must be quick."""
        proof = quick_proof(item.etag, item.size)
        if not proof or not self.fast:
            return False
        body = self.fast.body(self.prefix + item.key, item.etag, item.size)
        if body is None or len(body) != item.size:
            return False
        # A question for each small object would take longer than the object; packed ones show damage.
        shows_damage = self.is_opaque.is_set() and item.key.lower().endswith(_PACKED)
        if not shows_damage and not self._is_whole(item, body, proof):
            return False
        with opened(partial) as file:
            file.write(body)
        return True

    def _is_whole(self, item: StoredObject, body: Body, proof: Proof) -> bool:
        if is_whole(body, proof):
            return True
        # An ETag that is no MD5, of an object under a KMS key: S3 knows another proof.
        again = self._asked_proof(item)
        if again == proof or not is_whole(body, again):
            return False
        # The bytes are right and the ETag is not their MD5.
        self.is_opaque.set()
        return True

    def _asked_proof(self, item: StoredObject) -> Proof:
        def head(**options: Any) -> dict[str, Any]:
            key = self.prefix + item.key
            try:
                answer: dict[str, Any] = patiently(
                    lambda: self.client.head_object(Bucket=self.bucket, Key=key, **options),
                    **self._asked_for(item.key),
                )
            except TransientSourceError:
                raise
            except SourceError:
                # The answer to a HEAD has no body that says why; that to a GET has.
                patiently(lambda: next(self._chunks(item, 0), b""), **self._asked_for(item.key))
                raise
            return answer

        return asked_proof(item.etag, head, where=self.address(item.key))

    def _fetch(self, item: StoredObject, partial: str) -> None:
        """The whole object into a file, from wherever it breaks off; a body that is altered is no body."""
        if quick_proof(item.etag, item.size):
            with opened(partial) as file:
                file.write(self._read(item))
            return
        meter = Meter(self._asked_proof(item))
        with opened(partial) as file:
            if self.fast and self.fast.is_up:
                # Once: what obstore does not deliver boto3 does, or says why not.
                with suppress(TransientSourceError):
                    quick = self.fast.chunks(self.prefix + item.key, item.etag, item.size)
                    self._pour(item, quick, file, meter)
            while meter.count < item.size:
                before = meter.count
                try:
                    patiently(
                        lambda: self._pour(item, self._chunks(item, meter.count), file, meter),
                        **self._asked_for(item.key),
                    )
                except TransientSourceError:
                    if meter.count == before:
                        raise
        if meter.count != item.size or not meter.agrees():
            raise AlteredSourceError("arrives altered", where=self.address(item.key))

    def _pour(
        self, item: StoredObject, chunks: Iterable[Body], file: BinaryIO, meter: Meter
    ) -> None:
        for chunk in chunks:
            check_wanted()
            meter.update(chunk)
            file.write(chunk)
        if meter.count < item.size:
            raise TransientSourceError("the body broke off", where=self.address(item.key))

    def _chunks(self, item: StoredObject, start: int) -> Iterator[bytes]:
        """The bytes from `start` on. A body that does not end must fill neither memory nor disk."""
        left = item.size - start
        for chunk in slow_chunks(
            self.client, self.bucket, self.prefix + item.key, item.etag, start
        ):
            left -= len(chunk)
            if left < 0:
                raise AlteredSourceError("arrives altered", where=self.address(item.key))
            yield chunk

    def _asked_for(self, key: str) -> dict[str, str]:
        return {
            "where": self.address(key),
            "permission": f"s3:GetObject on {self.bucket}/{self.prefix}*",
        }

    def is_current(self, item: StoredObject) -> bool:
        """Whether the object is still the version that was listed."""
        # Of all keys that begin with this one, it comes first.
        found = next(self.list(item.key), None)
        return found is not None and (found.key, found.etag) == (item.key, item.etag)

    def fingerprint(self, item: StoredObject) -> StoredObject:
        """The object: S3 lists its ETag."""
        return item

    def address(self, key: str) -> str:
        """The object's s3:// address."""
        return f"s3://{self.bucket}/{self.prefix}{key}"
