"""Where the sample bills lie: beside the repository, or where SPACELEDGER_SAMPLES says."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def samples_dir() -> Path:
    """The folder of samples, there or not."""
    return Path(os.environ.get("SPACELEDGER_SAMPLES") or ROOT.parent / "shared" / "samples")


def sample(name: str) -> Path:
    """One sample; the test that asks for it is skipped when it is absent."""
    path = samples_dir() / name
    if not path.exists():
        pytest.skip(f"sample {name} is absent (SPACELEDGER_SAMPLES names the folder)")
    return path
