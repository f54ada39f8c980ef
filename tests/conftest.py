"""Fixtures every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from spaceledger import pipeline
from spaceledger.settings import Settings, load_settings
from tests.receiver import Hook, receivers

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


class Ledger:
    """A configuration and its home in a temporary folder, with the calls tests make on them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.bill = root / "bill"
        self.config = root / "spaceledger.toml"
        self.runs = 0
        self.configure()

    def configure(self, text: str = "") -> None:
        self.config.write_text(text or 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n')

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    def run(self, **options: object) -> pipeline.Outcome:
        self.runs += 1
        moment = NOW.replace(second=self.runs % 60, minute=self.runs // 60)
        options = {"as_of": date(2026, 11, 24), "now": moment, **options}
        return pipeline.run(self.settings, **options)  # type: ignore[arg-type]

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str((self.home / "ledger.duckdb").resolve()), read_only=True) as con:
            con.execute("set timezone = 'UTC'")
            return con.execute(sql).fetchall()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


@pytest.fixture
def make_ledger(tmp_path: Path) -> Callable[[str], Ledger]:
    def make(name: str) -> Ledger:
        (tmp_path / name).mkdir()
        return Ledger(tmp_path / name)

    return make


@pytest.fixture
def make_hook() -> Iterator[Callable[[], Hook]]:
    """Makes receivers, each at an address of its own with a token in it."""
    with receivers() as make:
        yield make


@pytest.fixture
def hook(make_hook: Callable[[], Hook]) -> Hook:
    return make_hook()
