"""What `pages.toml` names exists: functions that draw, datasets, their columns, words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from spaceledger.errors import ModelError
from spaceledger.paths import dashboards_dir
from spaceledger.reports.site import OF_SPACE, SCRIPTS, STYLES, read_site
from spaceledger.warehouse.panels import panel_queries

SITE = read_site(dashboards_dir())
QUERIES = {query.name: query for query in panel_queries()}
PANELS = SITE.panels
MEASURES = {"effective_cost", "billed_cost", "amortized_cost", "list_cost"}
PARTS = {"key", "title", "draw", "means", "hides_title", "empty", "data", "by", "choices", "columns",
         "group", "sort", "beyond", "told", "recent", "total_only", "x", "value", "unit", "lines", "least"}  # fmt: skip
OF_COLUMN = {
    "key",
    "label",
    "kind",
    "unit",
    "sum",
    "max",
    "distinct",
    "words",
    "under",
    "none",
    "minor",
}


def columns_of(data: str, key: str) -> set[str]:
    """The columns that an entry's key reads."""
    return {"space": {"space_arn"}, "cost": MEASURES}.get(key, {key})


def named(panel: Mapping[str, Any]) -> Iterator[str]:
    """Every column that an entry with rows of its own names."""
    for column in panel.get("columns", []):
        yield column["key"]
        yield from (column[part] for part in ("under",) if part in column)
    yield from panel.get("group", [])
    yield from (panel[part] for part in ("total_only", "x", "value", "by") if part in panel)
    yield from (line[0] for line in panel.get("lines", []))
    yield from (value for value, _ in panel.get("choices", []))


def scripts() -> str:
    paths = [dashboards_dir() / "scripts" / f"{name}.js" for name in SCRIPTS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_script_and_style_is_taken_and_there() -> None:
    folder = dashboards_dir()
    assert {path.stem for path in (folder / "scripts").glob("*.js")} == set(SCRIPTS)
    assert len(set(SCRIPTS)) == len(SCRIPTS)
    assert {path.name for path in folder.glob("*.css")} == set(STYLES)


def test_every_way_to_draw_is_there_and_used() -> None:
    drawn = re.findall(r"^  own\.draws\.(\w+) = async function", scripts(), re.MULTILINE)
    assert len(drawn) == len(set(drawn))
    assert {panel["draw"] for panel in PANELS.values()} == set(drawn)


@pytest.mark.parametrize("key", PANELS)
def test_an_entry_names_what_is_there(key: str) -> None:
    panel = PANELS[key]
    assert set(panel) <= PARTS
    for column in panel.get("columns", []):
        assert set(column) <= OF_COLUMN
        assert "words" not in column or column["words"] in SITE.words
        assert not (column.get("sum") and column.get("distinct"))
    if "data" not in panel:
        assert "columns" not in panel
        return
    query = QUERIES[panel["data"]]
    for name in named(panel):
        assert columns_of(panel["data"], name) <= set(query.columns), name
    if "sort" in panel:
        assert panel["sort"] in [column["key"] for column in panel["columns"]]
    if panel["draw"] != "week":
        assert panel.get("empty"), "says nothing where it has no rows"


def test_datasets_that_pages_load_first_exist_and_are_whole() -> None:
    for page in SITE.pages:
        assert {"build", "currencies"} <= set(page["first"])
        for name in page["first"]:
            assert QUERIES[name].shard is None, name


def test_every_dataset_is_shown_somewhere() -> None:
    text = scripts() + (dashboards_dir() / "pages.toml").read_text(encoding="utf-8")
    text += "".join(path.read_text(encoding="utf-8") for path in dashboards_dir().glob("*.html"))
    of_templates = {"notices", "period_statuses"}  # read by reports/write.py
    unused = {name for name in QUERIES if not re.search(rf'"{name}"', text)} - of_templates
    assert unused == set()


def test_only_the_page_of_a_space_shows_rows_of_a_space() -> None:
    of_spaces = {name for name, query in QUERIES.items() if query.shard == "space_arn"}
    for page in SITE.pages:
        data = {panel["data"] for panel in page["panels"] if "data" in panel}
        assert data <= of_spaces if page["name"] == OF_SPACE else not data & of_spaces, page["name"]


def test_pages_have_files_apart_and_terms_an_order() -> None:
    files = [page["file"] for page in SITE.pages if page["name"] != OF_SPACE]
    assert len(set(files)) == len(files)
    assert all(re.fullmatch(r"[a-z]+\.html", file) for file in files)
    terms = [entry["term"] for entry in SITE.glossary]
    assert terms == sorted(set(terms), key=str.lower)
    assert set(SITE.words["measures"]) == MEASURES


# --- what is refused ---------------------------------------------------------------------------

ENTRY = '[[pages.panels]]\nkey = "{0}"\ntitle = "T"\ndraw = "table"\nmeans = "M"\n'
FRAME = '[[pages]]\nname = "one"\n{0}\n[words]\nx = 1\n[[glossary]]\nterm = "T"\nmeans = "M"\n'


def written(folder: Path, entries: str) -> Path:
    (folder / "pages.toml").write_text(FRAME.format(entries), encoding="utf-8")
    return folder


def test_a_site_is_read(tmp_path: Path) -> None:
    site = read_site(written(tmp_path, ENTRY.format("a") + ENTRY.format("b")))
    assert list(site.panels) == ["a", "b"]


@pytest.mark.parametrize("part", ["key", "title", "draw", "means"])
def test_an_entry_without_a_part_is_refused(tmp_path: Path, part: str) -> None:
    entry = re.sub(rf"^{part} = .*\n", "", ENTRY.format("a"), flags=re.MULTILINE)
    with pytest.raises(ModelError, match=f"a panel of one has no `{part}`") as error:
        read_site(written(tmp_path, entry))
    assert "pages.toml" in str(error.value)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    entries = ENTRY.format("a") + '[[pages]]\nname = "two"\n' + ENTRY.format("a")
    with pytest.raises(ModelError, match="two panels are called a"):
        read_site(written(tmp_path, entries))
