"""Waiting for one's turn, without waiting: what would sleep lets the other go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spaceledger import turns
from spaceledger.errors import HomeError, LockedError, SourceError
from spaceledger.paths import Home
from spaceledger.turns import patiently, turn

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """What the others do while somebody waits."""
    return lambda act: monkeypatch.setattr(turns, "sleep", lambda _: act())


def nobody(_: str) -> None:
    raise AssertionError("nothing to say")


def test_who_need_not_wait_says_nothing(tmp_path: Path) -> None:
    with turn(Home(tmp_path), nobody):
        assert patiently(lambda: 5, nobody) == 5


def test_one_waits_for_the_other_to_end_and_says_so_once(
    tmp_path: Path, meanwhile: Meanwhile
) -> None:
    said: list[str] = []
    first = turn(Home(tmp_path), nobody)
    first.__enter__()
    naps = [lambda: first.__exit__(None, None, None), lambda: None, lambda: None]

    def nap() -> None:
        naps.pop()()

    meanwhile(nap)
    with turn(Home(tmp_path), said.append):
        assert naps == []
    assert said == [f"waiting for its turn: {tmp_path} has a flow run under way"]


def test_a_turn_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(SourceError), turn(Home(tmp_path), nobody):
        raise SourceError("denied")
    with turn(Home(tmp_path), nobody):
        pass


def test_ledgers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with turn(Home(tmp_path / "one"), nobody), turn(Home(tmp_path / "two"), nobody):
        pass


def test_patience_ends_with_what_is_in_the_way(tmp_path: Path) -> None:
    said: list[str] = []
    with turn(Home(tmp_path), nobody), pytest.raises(LockedError, match="has a flow run under way"):
        turn(Home(tmp_path), said.append, patience=0).__enter__()
    assert said == []


def test_only_a_lock_is_worth_waiting_for(meanwhile: Meanwhile) -> None:
    asked = []

    def work() -> None:
        asked.append(1)
        raise SourceError("denied") if len(asked) == 3 else LockedError("is locked")

    meanwhile(lambda: None)
    with pytest.raises(SourceError):
        patiently(work, lambda _: None)
    assert len(asked) == 3


def test_a_home_that_cannot_be_made_is_no_reason_to_wait(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="cannot be locked"):
        turn(Home(tmp_path / "file" / "home"), nobody).__enter__()
