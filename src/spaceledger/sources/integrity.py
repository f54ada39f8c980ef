"""Whether an object's bytes are those that S3 holds: by checksum, by ETag, or else by length.

An ETag is the MD5 of the bytes, or of the MD5s of a multipart upload's parts followed by their number;
of objects encrypted with a KMS or customer key it says nothing (S3 API reference, "Object").
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from spaceledger.errors import ChangedSourceError

# Larger objects are not hashed by MD5 where S3 tells a faster checksum; asking for it is one request.
LARGE = 8 * 1024 * 1024

# Beyond this, parts of different sizes are not asked for one by one.
_MANY_PARTS = 1000

Kind = Literal["crc64nvme", "crc32c", "crc32", "md5", "parts", "length"]
Head = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the bytes must come to. `part_sizes` are those of a multipart upload, in bytes."""

    kind: Kind
    expected: str = ""
    part_sizes: tuple[int, ...] = ()


def quick_proof(etag: str, size: int) -> Proof | None:
    """The MD5 that a listing tells of a small object; None where S3 must be asked."""
    if size <= LARGE and re.fullmatch(r"[0-9a-f]{32}", etag):
        return Proof("md5", etag)
    return None


def asked_proof(etag: str, head: Head, *, where: str) -> Proof:
    """What S3 tells of an object: `head(**options)` is its HeadObject.

    Raises ChangedSourceError where the object has another ETag by now.
    """
    said = head(ChecksumMode="ENABLED")
    if said.get("ETag", "").strip('"') != etag:
        raise ChangedSourceError(
            "changed while it was being fetched", where=where, todo="run again"
        )
    if said.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
        for kind in ("crc64nvme", "crc32c", "crc32"):
            value = said.get(f"Checksum{kind.upper()}", "")
            if value and "-" not in value:
                return Proof(kind, value)
    if str(said.get("ServerSideEncryption", "")).startswith("aws:kms") or said.get(
        "SSECustomerAlgorithm"
    ):
        return Proof("length")
    if re.fullmatch(r"[0-9a-f]{32}", etag):
        return Proof("md5", etag)
    if re.fullmatch(r"[0-9a-f]{32}-[0-9]{1,5}", etag):
        return _of_parts(etag, int(said.get("ContentLength", 0)), head)
    return Proof("length")


def _of_parts(etag: str, total: int, head: Head) -> Proof:
    """Most writers make all parts but the last of one size; of others each is asked for."""

    def size_of(number: int) -> int:
        return int(head(PartNumber=number).get("ContentLength", 0))

    count = int(etag.partition("-")[2])
    first, last = size_of(1), size_of(count)
    sizes = [first] * (count - 1) + [last]
    if sum(sizes) != total and count <= _MANY_PARTS:
        sizes = [first, *(size_of(number) for number in range(2, count)), last]
    # A server that knows no part numbers answers each time with the whole object.
    return Proof("parts", etag, tuple(sizes)) if sum(sizes) == total else Proof("length")


def is_whole(body: bytes | memoryview, proof: Proof) -> bool:
    """Whether all bytes at once are what they must be. Length is the caller's to compare."""
    if proof.kind == "md5":
        return hashlib.md5(body, usedforsecurity=False).hexdigest() == proof.expected
    meter = Meter(proof)
    meter.update(body)
    return meter.agrees()


@dataclass
class Meter:
    """Counts and sums bytes as they pass."""

    proof: Proof
    count: int = 0
    _crc: int = 0
    _md5: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    _parts: list[bytes] = field(default_factory=list)
    _in_part: int = 0

    def update(self, chunk: bytes | memoryview) -> None:
        """Takes the next bytes in."""
        view = memoryview(chunk)
        match self.proof.kind:
            case "crc32":
                self._crc = zlib.crc32(view, self._crc)
            case "crc32c" | "crc64nvme":
                self._crc = _crc_function(self.proof.kind)(view, self._crc)
            case "md5":
                self._md5.update(view)
            case "parts":
                self._take_parts(view)
        self.count += view.nbytes

    def agrees(self) -> bool:
        """Whether the bytes are what they must be. Length is the caller's to compare."""
        match self.proof.kind:
            case "crc32" | "crc32c" | "crc64nvme":
                width = 8 if self.proof.kind == "crc64nvme" else 4
                text = base64.b64encode(self._crc.to_bytes(width, "big")).decode()
                return text == self.proof.expected
            case "md5":
                return str(self._md5.hexdigest()) == self.proof.expected
            case "parts":
                whole = hashlib.md5(b"".join(self._parts), usedforsecurity=False).hexdigest()
                return f"{whole}-{len(self._parts)}" == self.proof.expected
        return True

    def _take_parts(self, view: memoryview) -> None:
        sizes = self.proof.part_sizes
        while view.nbytes and len(self._parts) < len(sizes):
            room = sizes[len(self._parts)] - self._in_part
            self._md5.update(view[:room])
            self._in_part += min(room, view.nbytes)
            view = view[room:]
            if self._in_part == sizes[len(self._parts)]:
                self._parts.append(self._md5.digest())
                self._md5 = hashlib.md5(usedforsecurity=False)
                self._in_part = 0


def _crc_function(kind: str) -> Callable[[memoryview, int], int]:
    from awscrt import checksums

    function: Callable[[memoryview, int], int] = getattr(checksums, kind)
    return function
