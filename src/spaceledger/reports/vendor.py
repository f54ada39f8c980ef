"""Makes the table library that itables carries loadable by a page opened from disk."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

_BUNDLE = "itables/html/dt_bundle.js"
_EXPORT = re.compile(r"\bexport\s*\{([^{}]*)\}\s*;?")
_DEFAULT = re.compile(r"([\w$]+)\s+as\s+default\b")


@cache
def datatables_script() -> str:
    """DataTables with its buttons and JSZip, as a script that sets `spaceledger.DataTable`."""
    # Found without importing itables, which would look for a notebook.
    bundle = Path(str(distribution("itables").locate_file(_BUNDLE)))
    return classic_script(bundle.read_text(encoding="utf-8"))


def classic_script(module: str) -> str:
    """The module without its export, in a function: browsers load no modules from `file://`."""
    exports = list(_EXPORT.finditer(module))
    if len(exports) != 1:
        raise ValueError(
            f"the table library of itables should export once, but does {len(exports)} times: "
            "this version of itables is not one spaceledger knows"
        )
    default = _DEFAULT.search(exports[0][1])
    if default is None:
        raise ValueError(
            "the table library of itables has no default export: "
            "this version of itables is not one spaceledger knows"
        )
    # The licences stand after the export; they stay.
    before, after = module[: exports[0].start()], module[exports[0].end() :]
    return (
        'window.spaceledger = window.spaceledger || {};\n(function () {\n"use strict";\n'
        f"{before}\nwindow.spaceledger.DataTable = {default[1]};\n{after}\n}})();\n"
    )
