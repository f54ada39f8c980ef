"""The table library becomes a script a page can load from disk."""

from __future__ import annotations

import pytest

from spaceledger.reports.vendor import classic_script, datatables_script


def test_the_default_export_is_handed_to_the_pages() -> None:
    made = classic_script("var a=1,b=2;export{a as Other,b as default};\n/*! licence */\n")
    assert "export" not in made
    assert "window.spaceledger.DataTable = b;" in made
    assert made.index("var a=1") < made.index("DataTable = b") < made.index("/*! licence */")
    assert '"use strict"' in made


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("var a=1;", "does 0 times"),
        ("export{a as default};export{b as c};", "does 2 times"),
        ("export{a as b};", "no default export"),
    ],
)
def test_another_shape_is_refused(module: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classic_script(module)


def test_the_installed_library_is_of_the_known_shape() -> None:
    made = datatables_script()
    assert "window.spaceledger.DataTable = " in made
    assert "JSZip" in made
    assert "datatables.net/license" in made
    # A page in one file holds it inside a script element.
    assert "</script" not in made.lower()
    assert "import.meta" not in made
