"""The option that writes the golden files anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known only where pytest is started on this folder, as `make golden` does."""
    parser.addoption(
        "--regenerate",
        action="store_true",
        default=False,
        help="write the golden files from what the demo gives now",
    )


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    # A run of the whole suite meets this file after the options were read: then it has none.
    return bool(request.config.getoption("regenerate", default=False))
