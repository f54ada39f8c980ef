"""Reads the manifests of a place, many at once. What ails one manifest is told of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from spaceledger.ahead import shared
from spaceledger.errors import (
    ChangedSourceError,
    DeliveryError,
    SourceError,
)
from spaceledger.sources.folders import WORKERS
from spaceledger.sources.manifests import Manifest, parse_manifest
from spaceledger.sources.objects import ObjectStore, StoredObject

# A manifest of a thousand columns and as many files has about a megabyte.
_LARGEST = 64 * 1024 * 1024
_TRIES = 3

Read = tuple[StoredObject, Manifest | DeliveryError]


def read_manifests(
    store: ObjectStore, manifests: Sequence[StoredObject], landing: Path | None
) -> list[Read]:
    """Each manifest as it was read, in key order; copies of remote ones are kept in `landing`.

    Raises SourceError where the source as a whole does not answer or gives no access.
    """

    def read(item: StoredObject) -> Iterator[Read]:
        yield _read(store, item, landing)

    found = list(shared(manifests, read, min(WORKERS, len(manifests))))
    return sorted(found, key=lambda pair: pair[0].key)


def _read(store: ObjectStore, item: StoredObject, landing: Path | None) -> Read:
    """AWS may replace a manifest right behind its listing: then it is listed and read again."""
    fault: SourceError | None = None
    for _ in range(_TRIES):
        try:
            return item, _manifest(store, item, landing)
        except DeliveryError as error:
            return item, error
        except ChangedSourceError as error:
            fault = error
            again = next(store.list(item.key), item)
            item = again if again.key == item.key else item
        except SourceError as error:
            if error.is_of_the_whole:
                raise
            fault = error
            break
    what, todo = (fault.what, fault.todo) if fault else ("", "")
    return item, DeliveryError("unfetched_manifest", what, where=item.key, todo=todo or "run again")


def _manifest(store: ObjectStore, item: StoredObject, landing: Path | None) -> Manifest:
    """The copy of a remote one may have been damaged: what cannot be read is read from its place."""
    if item.size > _LARGEST:
        raise DeliveryError(
            "bad_manifest",
            f"the manifest has {item.size:,} bytes",
            where=item.key,
            todo="wait for AWS's next delivery, or restore the file",
        )
    if store.is_remote and landing is not None:
        try:
            return parse_manifest(item.key, store.materialise(item, landing).read_bytes())
        except DeliveryError:
            pass
    return parse_manifest(item.key, store.read(item))
