"""What the layout promises: small files, locks without addresses, a README that names every command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from spaceledger.cli import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "flows").glob("*.py")), ids=lambda p: p.name)
def test_flows_hold_no_rules_and_stay_under_80_lines(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 80
    assert not re.search(r"import (duckdb|boto3|plotly)", text)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src").rglob("*.py")), ids=lambda p: "/".join(p.parts[-2:])
)
def test_no_source_file_passes_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("kind", ["", "-dev", "-bench"])
def test_locks_have_hashes_and_no_addresses(kind: str) -> None:
    text = (ROOT / f"requirements{kind}.lock").read_text()
    pinned = re.findall(r"^[a-z0-9][^ ]*==[^ ]+", text, flags=re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 20
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text()
    missing = [name for name in main.commands if not re.search(rf"`?{name}`?\b", text)]
    assert not missing


def test_every_deployment_names_a_flow_that_exists() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    for deployment in deployments:
        path, _, name = deployment["entrypoint"].partition(":")
        assert f"def {name}(" in (ROOT / path).read_text()
