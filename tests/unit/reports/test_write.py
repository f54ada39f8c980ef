"""The files of a report: the same for the same rows, all there, and free of anything that runs or leaves."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from spaceledger.errors import ModelError
from spaceledger.reports import Dataset, write_reports, write_single_file
from tests.unit.reports.sample_datasets import HOSTILE, datasets

POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"


class Tags(HTMLParser):
    """Every tag with its attributes, the text between, and what scripts hold."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def addresses(self) -> list[str]:
        return [own[name] for _, own in self.found for name in ("href", "src") if name in own]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_reports(datasets(), tmp_path_factory.mktemp("report"))


def test_the_pages_are_those_of_the_site_and_of_each_space(pages: list[Path]) -> None:
    folder = pages[0].parent
    assert [path.relative_to(folder).as_posix() for path in pages] == [
        "index.html", "budgets.html", "spaces.html", "activity.html", "unattended.html", "trust.html",
        *(f"spaces/space-{number}.html" for number in range(len(HOSTILE))),
    ]  # fmt: skip


def test_the_same_rows_give_the_same_bytes(pages: list[Path], tmp_path: Path) -> None:
    write_reports(datasets(), tmp_path)
    assert contents(tmp_path) == contents(pages[0].parent)
    single = [write_single_file(datasets(), tmp_path / name).read_bytes() for name in ("a", "b")]
    assert single[0] == single[1]


def test_a_page_of_a_space_that_is_gone_does_not_stay(tmp_path: Path) -> None:
    write_reports(datasets(("one", "two")), tmp_path)
    (tmp_path / "data" / "gone.js").write_text("old")
    write_reports(datasets(("one",)), tmp_path)
    assert sorted(path.name for path in (tmp_path / "spaces").iterdir()) == [
        "space-0.html",
        "space-0.js",
    ]
    assert not (tmp_path / "data" / "gone.js").exists()


def test_every_address_on_a_page_is_a_file_of_the_report(pages: list[Path]) -> None:
    for path in pages:
        addresses = Tags(path).addresses
        assert len(addresses) > 12
        for address in addresses:
            target = path.parent / unquote(urlsplit(address).path)
            assert target.is_file() or address.startswith("#"), f"{path.name}: {address}"


def test_no_page_names_another_host(pages: list[Path]) -> None:
    for path in pages:
        assert not re.search(
            r"https?://|//\w+\.\w", path.read_text(encoding="utf-8"), re.IGNORECASE
        )


def test_every_page_has_the_policy_before_anything_else(pages: list[Path]) -> None:
    for path in pages:
        tags = Tags(path)
        assert [tag for tag, _ in tags.found[:4]] == ["html", "head", "meta", "meta"]
        assert tags.found[3][1] == {"http-equiv": "Content-Security-Policy", "content": POLICY}


def test_nothing_on_a_page_runs_of_itself(pages: list[Path]) -> None:
    for path in pages:
        for tag, own in Tags(path).found:
            assert not [name for name in own if name.startswith("on")], (path.name, tag, own)
            assert tag not in {"iframe", "object", "embed", "base", "img"}
            if tag == "script":
                assert set(own) == {"defer", "src"}
            assert not own.get("href", "").lower().startswith(("javascript:", "data:"))


def test_names_are_text_on_pages(pages: list[Path]) -> None:
    for title, path in zip(HOSTILE, pages[-len(HOSTILE) :], strict=True):
        seen = title.replace("\u202e", "[U+202E]")
        assert seen in Tags(path).text
        assert "\u202e" not in path.read_text(encoding="utf-8")


def test_data_files_hold_no_tag(pages: list[Path]) -> None:
    for path in [*(pages[0].parent / "data").rglob("*.js"), *pages[0].parent.glob("spaces/*.js")]:
        assert not set("<>&") & set(path.read_text(encoding="utf-8"))


def test_rows_are_cut_by_month_and_lie_beside_the_pages_of_spaces(pages: list[Path]) -> None:
    folder = pages[0].parent
    assert [path.name for path in sorted((folder / "data" / "spend_days").iterdir())] == [
        "2026-10.js",
        "2026-11.js",
    ]
    manifest = (folder / "data" / "site.js").read_text(encoding="utf-8")
    assert '"spend_days":["2026-10","2026-11"]' in manifest
    assert not (folder / "data" / "space_days.js").exists()
    own = (folder / "spaces" / "space-1.js").read_text(encoding="utf-8")
    assert own.count('spaceledger.put("space_days"') == 1
    assert "arn:1" in own
    assert "arn:0" not in own


def by_month(*periods: str | None) -> list[Dataset]:
    return datasets(
        ("one",),
        spend_days=[{"billing_period": period, "space_arn": "arn:0"} for period in periods],
    )


@pytest.mark.parametrize(
    "shard", ["../x", "", "a/b", "a\\b", ".hidden", "2026-10\n", "é", "a b", "-x"]
)
def test_a_shard_that_is_no_file_name_is_refused(tmp_path: Path, shard: str) -> None:
    with pytest.raises(ModelError, match=r"spend_days is cut by .* which is no file name"):
        write_reports(by_month(shard), tmp_path / "out")
    assert not list(tmp_path.rglob("*x.js"))


def test_months_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="order"):
        write_reports(by_month("2026-10", "2026-11", "2026-10"), tmp_path)


def test_spaces_out_of_order_are_refused(tmp_path: Path) -> None:
    rows = [{"space_arn": f"arn:{number}"} for number in (0, 1, 0)]
    with pytest.raises(ModelError, match="space_days are not in the order of space_arn"):
        write_reports(datasets(space_days=rows), tmp_path)


def test_one_file_holds_every_page_and_names_no_other(tmp_path: Path) -> None:
    tags = Tags(write_single_file(datasets(), tmp_path / "all.html"))
    assert [own.get("src") for tag, own in tags.found if tag == "script"] == [None] * 4
    assert [own for tag, own in tags.found if tag == "link"] == []
    policy = next(own["content"] for tag, own in tags.found if own.get("http-equiv"))
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert policy.count("'sha256-") == 4
