"""The bytes of S3 objects: fetched by obstore where it can, by boto3 where anything is in the way.

boto3 is slow on small objects and obstore tells little of what went wrong. So whatever obstore does not
deliver is asked of boto3, which also says why it is refused.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from spaceledger.errors import TransientSourceError
from spaceledger.sources import aws

CHUNK = 8 * 1024 * 1024
# obstore reads no further ahead than a socket holds; larger chunks take longer to allocate than to fetch.
_STREAMED = 1024 * 1024
# After so many failures in a row obstore is not asked again: a proxy or a certificate it does not know.
_FAILURES_IN_A_ROW = 8
# obstore asks for credentials anew after this time; boto3 renews its own well before they end.
_CREDENTIALS_SECONDS = 300


@dataclass
class FastBodies:
    """Objects of one bucket through obstore, with the endpoint and the credentials of a boto3 client."""

    client: Any
    session: Any
    bucket: str
    endpoint: str | None = None  # as it is configured; else AWS's own of the bucket's region
    failures: int = 0
    _store: Any = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_up(self) -> bool:
        """Whether it is worth asking."""
        return self.failures < _FAILURES_IN_A_ROW

    def _opened(self) -> Any:
        with self._lock:
            if self._store is None and self.is_up:
                try:
                    self._store = _open(self.client, self.session, self.bucket, self.endpoint)
                except Exception:
                    self.failures = _FAILURES_IN_A_ROW
                    raise
            return self._store

    def body(self, key: str, etag: str, size: int) -> memoryview | None:
        """A small object's bytes; None where obstore does not deliver just so many."""
        import obstore

        if not self.is_up:
            return None
        try:
            answer = obstore.get(self._opened(), key, options={"if_match": f'"{etag}"'})
            found = memoryview(answer.bytes()) if answer.range == (0, size) else None
        except Exception:
            self._count(failed=True)
            return None
        self._count(failed=False)
        return found

    def chunks(self, key: str, etag: str, size: int) -> Iterator[memoryview]:
        """A large object's bytes, a megabyte at a time.

        Raises TransientSourceError where obstore does not deliver just so many.
        """
        import obstore

        try:
            answer = obstore.get(self._opened(), key, options={"if_match": f'"{etag}"'})
            if answer.range != (0, size):
                raise ValueError("another size")
            for chunk in answer.stream(min_chunk_size=_STREAMED):
                yield memoryview(chunk)
        except Exception as error:
            self._count(failed=True)
            # Without obstore's own words: they repeat what the server answered.
            raise TransientSourceError(f"the body broke off ({type(error).__name__})") from None
        self._count(failed=False)

    def _count(self, *, failed: bool) -> None:
        with self._lock:
            self.failures = self.failures + 1 if failed else 0


def _region_of(client: Any, bucket: str) -> str:
    """A bucket's region, which S3 names in every answer: boto3 follows a bucket there, obstore does not."""
    try:
        answer = client.head_bucket(Bucket=bucket)
    except Exception as error:
        answer = getattr(error, "response", None) or {}
    said = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(said.get("x-amz-bucket-region") or client.meta.region_name or "us-east-1")


def _open(client: Any, session: Any, bucket: str, endpoint: str | None) -> Any:
    from obstore.store import S3Store

    def credentials() -> Any:
        frozen = session.get_credentials().get_frozen_credentials()
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": frozen.secret_key,
            "token": frozen.token,
            "expires_at": datetime.now(UTC) + timedelta(seconds=_CREDENTIALS_SECONDS),
        }

    region = _region_of(client, bucket)
    endpoint = endpoint or str(session.client("s3", region_name=region).meta.endpoint_url)
    options: Any = {
        "allow_http": endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=aws.CONNECT_SECONDS),
        "read_timeout": timedelta(seconds=aws.READ_SECONDS),
        "timeout": timedelta(days=1),
    }
    if bundle := os.environ.get("AWS_CA_BUNDLE"):
        options["root_certificate"] = Path(bundle).read_bytes()
    return S3Store(
        bucket,
        endpoint=endpoint,
        region=region,
        virtual_hosted_style_request=False,
        credential_provider=credentials,
        client_options=options,
        retry_config={"max_retries": 0},
    )


def slow_chunks(client: Any, bucket: str, key: str, etag: str, start: int) -> Iterator[bytes]:
    """An object's bytes from `start` on, through boto3. Raises what boto3 raises."""
    wanted: dict[str, Any] = {"Bucket": bucket, "Key": key, "IfMatch": etag}
    if start:
        wanted["Range"] = f"bytes={start}-"
    body = client.get_object(**wanted)["Body"]
    try:
        while chunk := body.read(CHUNK):
            yield chunk
    finally:
        body.close()
