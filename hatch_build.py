"""Puts the SQL, the templates and the demo scenario into the wheel, and only there.

A `force-include` table would also leave stale copies in editable installs.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = {
    "sql": "spaceledger/_assets/sql",
    "dashboards": "spaceledger/_assets/dashboards",
    "data-samples/scenario.toml": "spaceledger/_assets/scenario.toml",
}


class AssetsHook(BuildHookInterface):
    """Adds the assets to a standard wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build; `version` is `standard` or `editable`."""
        if version == "standard":
            build_data["force_include"].update(ASSETS)
