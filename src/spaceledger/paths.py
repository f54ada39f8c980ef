"""Where things lie: the project's own SQL and templates, and a ledger's home. Imports nothing of ours.

In a clone the repository's own folders win, so that an editable install never runs stale copies;
a wheel carries copies under `_assets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_REPOSITORY = _PACKAGE.parent.parent


def _asset(name: str) -> Path:
    in_clone = _REPOSITORY / name
    is_clone = (_REPOSITORY / "pyproject.toml").is_file() and in_clone.exists()
    return in_clone if is_clone else _PACKAGE / "_assets" / Path(name).name


def sql_dir() -> Path:
    """The folder of SQL models, macros, checks and analysis queries."""
    return _asset("sql")


def dashboards_dir() -> Path:
    """The folder of templates and style sheets."""
    return _asset("dashboards")


def scenario_path() -> Path:
    """The scenario the demo data is made from."""
    return _asset("data-samples/scenario.toml")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds one ledger and all that is made from it."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The published ledger (through `current`)."""
        return self.root / "ledger.duckdb"

    @property
    def reports(self) -> Path:
        """The published reports (through `current`)."""
        return self.root / "reports"

    @property
    def current(self) -> Path:
        """The one symbolic link to the published build."""
        return self.root / "current"

    @property
    def builds(self) -> Path:
        """The last builds, one folder each."""
        return self.root / "builds"

    @property
    def landing(self) -> Path:
        """Remote files as delivered."""
        return self.root / "landing"

    @property
    def alerts(self) -> Path:
        """The journal of who was told of which alert; it outlives builds."""
        return self.root / "alerts.jsonl"

    @property
    def budget_states(self) -> Path:
        """Which status of each budget was last announced; it outlives builds."""
        return self.root / "budget-states.json"

    @property
    def chargebacks(self) -> Path:
        """What months were charged from, one folder each; written anew at each close of the month."""
        return self.root / "chargebacks"

    @property
    def work(self) -> Path:
        """Unfinished work; emptied at start-up under the lock."""
        return self.root / ".work"

    @property
    def lock(self) -> Path:
        """The lock file of the one writer; its text names the holder."""
        return self.root / ".lock"

    @property
    def turn(self) -> Path:
        """The lock file of the one flow run under way."""
        return self.root / ".turn"
