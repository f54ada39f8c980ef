"""An S3 prefix as an object store.

Objects land under a name made from a hash of the key, so that no key becomes a path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.exceptions import RetriesExceededError
from botocore.exceptions import ConnectionError as EndpointError
from botocore.exceptions import HTTPClientError, IncompleteReadError

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.sources.objects import StoredObject

_TRANSIENT = {"SlowDown", "InternalError", "RequestTimeout", "ServiceUnavailable"}
# Refused connections, timeouts, answers cut short: what a later try may not meet again.
_NETWORK_FAULTS = (EndpointError, HTTPClientError, IncompleteReadError, RetriesExceededError)
_ALLOW = "allow s3:ListBucket and s3:GetObject there: `spaceledger iam-policy` prints the policy"
_WHAT_TO_DO = {"AccessDenied": _ALLOW, "403": _ALLOW}

# Readers go by the ending; the rest of a stranger's name never becomes part of a path.
_ENDINGS = (".csv.gz", ".csv.zip", ".csv", ".zip", ".parquet", ".json.gz", ".json", ".gz")


@dataclass(frozen=True)
class S3Store:
    """The objects below one prefix of one bucket."""

    client: Any
    bucket: str
    prefix: str

    @classmethod
    def of(cls, uri: str, client: Any) -> S3Store:
        """The store of `s3://bucket/prefix`, reached through a boto3 S3 client."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        return cls(client, bucket, prefix.rstrip("/") + "/" if prefix.strip("/") else "")

    def list(self) -> Iterator[StoredObject]:
        """All objects below the prefix, in key order."""
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for entry in page.get("Contents", ()):
                    key = entry["Key"][len(self.prefix) :]
                    if key and not key.endswith("/"):
                        modified = int(entry["LastModified"].timestamp() * 1_000_000_000)
                        etag = entry["ETag"].strip('"')
                        yield StoredObject(key, entry["Size"], modified, etag)
        except Exception as error:
            raise self._fault(error, "") from error

    def read(self, item: StoredObject) -> bytes:
        """The object's bytes, of the version that was listed."""
        try:
            answer = self.client.get_object(
                Bucket=self.bucket, Key=self.prefix + item.key, IfMatch=item.etag
            )
            body: bytes = answer["Body"].read()
        except Exception as error:
            raise self._fault(error, item.key) from error
        if len(body) != item.size:
            raise TransientSourceError("the object arrived truncated", where=self.address(item.key))
        return body

    def materialise(self, item: StoredObject, landing: Path) -> Path:
        """A copy in `landing`, written to a temporary name and renamed; kept once it is there."""
        mark = hashlib.sha256(f"{self.bucket}/{self.prefix}{item.key}|{item.etag}".encode())
        name = item.key.rsplit("/", 1)[-1]
        ending = next((ending for ending in _ENDINGS if name.lower().endswith(ending)), "")
        target = landing / f"{mark.hexdigest()}{ending}"
        if target.exists() and target.stat().st_size == item.size:
            return target
        landing.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        try:
            self.client.download_file(self.bucket, self.prefix + item.key, str(partial))
        except Exception as error:
            raise self._fault(error, item.key) from error
        if partial.stat().st_size != item.size:
            raise TransientSourceError("the object arrived truncated", where=self.address(item.key))
        partial.replace(target)
        return target

    def fingerprint(self, item: StoredObject) -> StoredObject:
        """The object: S3 lists its ETag."""
        return item

    def address(self, key: str) -> str:
        """The object's s3:// address."""
        return f"s3://{self.bucket}/{self.prefix}{key}"

    def _fault(self, error: Exception, key: str) -> SourceError:
        answer: dict[str, Any] = getattr(error, "response", None) or {}
        code = str(answer.get("Error", {}).get("Code", ""))
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        is_transient = code in _TRANSIENT or status >= 500 or isinstance(error, _NETWORK_FAULTS)
        kind = TransientSourceError if is_transient else SourceError
        todo = _WHAT_TO_DO.get(code, "")
        return kind(f"S3 answered {code or error}", where=self.address(key), todo=todo)
