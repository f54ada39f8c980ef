"""Looks into a bucket folder by folder, so that what lies in closed or foreign folders is not listed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date, timedelta
from posixpath import dirname

from spaceledger.ahead import in_groups, shared
from spaceledger.errors import SourceError
from spaceledger.sources.manifests import is_manifest, period_of_key
from spaceledger.sources.objects import ObjectStore, StoredObject

WORKERS = 16
# An export has a few folders a month; whoever has so many pointed uri at something else.
_MANY_FOLDERS = 20_000
_PREFIXES = 100
# Handing an object over alone takes longer than listing it.
_LISTED_TOGETHER = 200
_FIRST_YEAR = date(2000, 1, 1)
_ABOVE_LOGS = re.compile(r"AWSLogs|o-[a-z0-9]{10,32}|\d{12}")
_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}")


class BillObjects(Mapping[str, StoredObject]):
    """The objects of an export by key, each folder listed when it is first asked about."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._folders: dict[str, dict[str, StoredObject]] = {}
        self.manifests: tuple[StoredObject, ...] = ()

    @classmethod
    def of(cls, store: ObjectStore) -> BillObjects:
        """Walks down to the manifests nearest to the top; AWS keeps the latest there."""
        found = cls(store)
        found.manifests = tuple(sorted(found._walk(), key=lambda item: item.key))
        return found

    def _walk(self) -> Iterator[StoredObject]:
        level = [""]
        seen = 0
        while level:
            seen += len(level)
            if seen > _MANY_FOLDERS:
                raise SourceError(
                    f"has more than {_MANY_FOLDERS:,} folders and no bill in the first of them",
                    where=self._store.address(""),
                    todo="point uri at the export's own folder",
                )
            following: list[str] = []
            for folder, folders, objects in self._listed(level):
                manifests = [item for item in objects if is_manifest(item.key)]
                yield from manifests
                if not (manifests and period_of_key(folder)):
                    following += _below(folders)
            level = sorted(following)

    def _listed(
        self, level: list[str]
    ) -> Iterator[tuple[str, tuple[str, ...], tuple[StoredObject, ...]]]:
        def look(folder: str) -> Iterator[tuple[str, tuple[str, ...], tuple[StoredObject, ...]]]:
            yield (folder, *self._store.children(folder))

        for folder, folders, objects in shared(level, look, min(WORKERS, len(level))):
            self._folders[folder] = {item.key: item for item in objects}
            yield folder, folders, objects

    def _folder(self, key: str) -> dict[str, StoredObject]:
        folder = f"{dirname(key)}/" if "/" in key else ""
        if folder not in self._folders:
            _, objects = self._store.children(folder)
            self._folders[folder] = {item.key: item for item in objects}
        return self._folders[folder]

    def __getitem__(self, key: str) -> StoredObject:
        return self._folder(key)[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._folder(key)

    def __iter__(self) -> Iterator[str]:
        return (key for folder in self._folders.values() for key in folder)

    def __len__(self) -> int:
        return sum(len(folder) for folder in self._folders.values())


def _below(folders: tuple[str, ...]) -> Iterator[str]:
    """The folders in which a manifest may lie: data has its manifests in `metadata/` beside it."""
    names = {_name(folder) for folder in folders}
    for folder in folders:
        name = _name(folder)
        if name != "AWSLogs" and not (name == "data" and "metadata" in names):
            yield folder


def region_folders(store: ObjectStore, regions: Container[str] = ()) -> tuple[str, ...] | None:
    """The folders of a trail that hold years: one per account and region, of an organization's too.

    Only of `regions` where some are named. None where it is local, or not laid out as CloudTrail delivers:
    `[AWSLogs/[o-id/]account/CloudTrail/]region/`.
    """
    found = _region_folders(store) if store.is_remote else None
    if found is None:
        return None
    return tuple(f for f in found if not regions or not f or _name(f) in regions)


def _name(folder: str) -> str:
    return folder.rstrip("/").rsplit("/", 1)[-1]


def _region_folders(store: ObjectStore) -> tuple[str, ...] | None:
    top, _ = store.children()
    names = [folder.rstrip("/") for folder in top]
    if any(re.fullmatch(r"\d{4}", name) for name in names):
        return ("",)
    if names and all(_REGION.fullmatch(name) for name in names):
        return top
    found: list[str] = []
    level = [folder for folder in top if _leads_to_logs(folder)]
    # Trails of several teams may lie below prefixes of one bucket.
    others = [folder for folder in top if folder not in level][:_PREFIXES]
    for _, folders in _children(store, others):
        level += [folder for folder in folders if _name(folder) == "AWSLogs"]
    while level:
        following: list[str] = []
        for folder, folders in _children(store, level):
            if folder.endswith("CloudTrail/"):
                found += folders
            else:
                following += [each for each in folders if _leads_to_logs(each)]
        level = following
    return tuple(sorted(found)) or None


def _leads_to_logs(folder: str) -> bool:
    name = _name(folder)
    return name == "CloudTrail" or bool(_ABOVE_LOGS.fullmatch(name))


def _children(store: ObjectStore, level: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    def look(folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield folder, store.children(folder)[0]

    return shared(level, look, min(WORKERS, len(level)))


def list_by_region(
    store: ObjectStore, folders: tuple[str, ...], first_days: Mapping[str, date]
) -> Iterator[StoredObject]:
    """The objects of some region folders, many folders at once, each from its first day on.

    Objects of one folder come in key order; a folder without a first day is listed whole.
    """

    def look(folder: str) -> Iterator[list[StoredObject]]:
        day = first_days.get(folder)
        # Behind all keys of the day before: some servers pass over a folder that is named itself.
        before = max(day, _FIRST_YEAR) - timedelta(days=1) if day else None
        found = store.list(folder, f"{folder}{before:%Y/%m/%d}/~" if before else "")
        return in_groups(found, _LISTED_TOGETHER)

    for items in shared(folders, look, min(WORKERS, len(folders))):
        yield from items
