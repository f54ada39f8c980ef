"""The wheel, installed outside the clone, carries its SQL and templates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bills import SPACE, write_cur
from tests.conftest import Ledger

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_runs_outside_the_clone(ledger: Ledger, tmp_path: Path) -> None:
    def python(*words: str, cwd: Path = tmp_path) -> str:
        environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
        done = subprocess.run(
            [sys.executable, *words],
            check=False,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist"), cwd=ROOT)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    quiet = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index")
    python(*quiet, "--target", str(tmp_path / "site"), str(wheel))
    where = python("-c", "import spaceledger.paths as p; print(p.__file__, p.sql_dir())").split()
    assert all(path.startswith(str(tmp_path / "site")) for path in where)
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    python("-m", "spaceledger", "run", "--config", str(ledger.config), "--as-of", "2026-10-01")
    assert "space_spend_daily" in python("-m", "spaceledger", "models")
    assert (ledger.home / "reports" / "html" / "index.html").is_file()
    python("-m", "spaceledger", "sample", "--out", str(tmp_path / "sample"))
