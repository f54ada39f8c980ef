"""What APIs tell: the history that is kept of it, and what silence leaves standing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from spaceledger.apis import PulledApis, load_apis, pull_apis
from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import Settings
from spaceledger.sources.bills import Problem
from spaceledger.sources.snapshots import Question, Snapshot
from spaceledger.warehouse.build import prepare
from spaceledger.warehouse.connection import open_work, run
from spaceledger.warehouse.state import State, _snapshots

SETTINGS = Settings(home=Path())
HERE = "sagemaker 012345678901 us-east-1"
THERE = "sagemaker 012345678901 eu-west-1"


def space(name: str, **said: Any) -> dict[str, Any]:
    return {"space_arn": f"arn:space/{name}", "space_name": name, "storage_gb": 5, **said}


def snapshot(source: str, *spaces: dict[str, Any], **more: Any) -> Snapshot:
    schema = pa.schema(
        [(n, pa.int64() if n == "storage_gb" else pa.string()) for n in space("x", status="x")]
    )
    return Snapshot(source, {"api_spaces": pa.Table.from_pylist(list(spaces), schema)}, **more)


class Apis:
    """A database, and what it holds after each round of answers; the hour counts the rounds."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.hour = 0

    def state(self) -> State:
        problems = run(
            self.con,
            "select source, location, problem, billing_period, identity from raw.ingest_problems"
            " where is_open and origin = 'api'",
        )
        return State(api_problems=frozenset(problems), snapshots=_snapshots(self.con))

    def ask(
        self, answers: dict[str, Snapshot | SourceError | Question], **options: Any
    ) -> PulledApis:
        pulled = pull_apis(
            SETTINGS,
            self.state(),
            pullers=[lambda _: [question(name, told) for name, told in answers.items()]],
            **options,
        )
        self.hour += 1
        load_apis(self.con, pulled, datetime(2026, 9, 1, self.hour))
        return pulled

    def history(self) -> list[tuple]:
        return run(
            self.con,
            "select source, space_name, storage_gb, hour(seen_from), hour(seen_until)"
            " from raw.api_spaces order by source desc, space_name, seen_from",
        )

    def problems(self) -> list[tuple]:
        return run(
            self.con,
            "select source, problem, severity, detail from raw.ingest_problems where is_open order by all",
        )


def question(asked_as: str, told: Snapshot | SourceError | Question) -> Question:
    if isinstance(told, Question):
        return told

    def ask() -> Snapshot:
        if isinstance(told, SourceError):
            raise told
        return told

    return Question(asked_as, ask)


@pytest.fixture
def apis(tmp_path: Path) -> Iterator[Apis]:
    with open_work(tmp_path / "work.duckdb") as con:
        prepare(con)
        yield Apis(con)


def test_what_stays_goes_changes_and_comes_back_has_its_times(apis: Apis) -> None:
    apis.ask({"a": snapshot(HERE, space("stays"), space("grows"), space("goes"))})
    apis.ask({"a": snapshot(HERE, space("stays"), space("grows", storage_gb=9))})
    apis.ask({"a": snapshot(HERE, space("goes"), space("stays"), space("grows", storage_gb=9))})
    assert apis.history() == [
        (HERE, "goes", 5, 1, 2),
        (HERE, "goes", 5, 3, None),
        (HERE, "grows", 5, 1, 2),
        (HERE, "grows", 9, 2, None),
        (HERE, "stays", 5, 1, None),
    ]


def test_what_is_taken_back_at_the_same_moment_never_was(apis: Apis) -> None:
    apis.ask({"a": snapshot(HERE, space("one"))})
    apis.hour = 0
    apis.ask({"a": snapshot(HERE, space("one", storage_gb=9))})
    assert apis.history() == [(HERE, "one", 9, 1, None)]


def test_an_unchanged_answer_in_another_order_is_no_news(apis: Apis) -> None:
    assert apis.ask({"a": snapshot(HERE, space("one"), space("two"))}).is_news
    assert not apis.ask({"a": snapshot(HERE, space("two"), space("one"), space("one"))}).is_news
    assert apis.ask({"a": snapshot(HERE, space("two"))}).is_news


def test_an_answer_without_rows_ends_them_all(apis: Apis) -> None:
    apis.ask({"a": snapshot(HERE, space("one"))})
    assert apis.ask({"a": snapshot(HERE)}).is_news
    assert apis.history() == [(HERE, "one", 5, 1, 2)]


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (SourceError("access is denied", where=HERE, todo="allow it"), "refused"),
        (TransientSourceError("AWS did not answer", where=HERE, todo="run again"), "not_answered"),
    ],
)
def test_silence_leaves_standing_what_was_told_and_is_a_problem_once(
    apis: Apis, error: SourceError, problem: str
) -> None:
    told = snapshot(HERE, space("one"))
    other = snapshot(THERE, space("far"))
    apis.ask({"a": told, "b": other})
    assert apis.ask({"a": error, "b": other}).is_news
    assert not apis.ask({"a": error, "b": other}).is_news
    assert apis.history() == [(HERE, "one", 5, 1, None), (THERE, "far", 5, 1, None)]
    detail = f"{error.what}; what it told before stands - {error.todo}"
    assert apis.problems() == [(HERE, problem, "error", detail)]
    assert apis.ask({"a": told, "b": other}).is_news
    assert apis.problems() == []


@pytest.mark.parametrize(
    "odd", [KeyError("AKIAIOSFODNN7EXAMPLE"), TypeError("x"), ValueError("x"), AttributeError("x")]
)
def test_an_answer_that_lacks_what_it_always_had_is_a_refusal(apis: Apis, odd: Exception) -> None:
    def ask() -> Snapshot:
        raise odd

    told = snapshot(HERE, space("one"))
    apis.ask({"a": told})
    apis.ask({"a": Question("a", ask)})
    assert apis.history() == [(HERE, "one", 5, 1, None)]
    ((source, problem, severity, detail),) = apis.problems()
    assert (source, problem, severity) == (HERE, "refused", "error")
    assert detail == (
        f"AWS answered something unknown ({type(odd).__name__}); what it told before stands"
        " - run again, and report it as a fault of this version where it stays"
    )


def test_what_never_answered_is_named_by_what_it_was_asked_as(apis: Apis) -> None:
    apis.ask({"sagemaker us-east-1": SourceError("there are no AWS credentials", todo="sign in")})
    expect = (
        "sagemaker us-east-1",
        "refused",
        "error",
        "there are no AWS credentials - sign in",
    )
    assert apis.problems() == [expect]


def test_a_source_configured_no_longer_ends_and_may_come_back(apis: Apis) -> None:
    told = snapshot(HERE, space("one"))
    apis.ask({"a": told})
    assert apis.ask({}).is_news
    assert apis.history() == [(HERE, "one", 5, 1, 2)]
    assert run(apis.con, "select hour(ended_at) from raw.api_snapshots") == [(2,)]
    assert not apis.ask({}).is_news
    assert apis.ask({"a": told}).is_news
    assert apis.history() == [(HERE, "one", 5, 1, 2), (HERE, "one", 5, 4, None)]
    assert run(apis.con, "select ended_at from raw.api_snapshots") == [(None,)]


def test_credentials_of_another_account_delete_nothing_of_the_first(apis: Apis) -> None:
    other = "sagemaker 999999999999 us-east-1"
    apis.ask({"a": snapshot(HERE, space("one"))})
    apis.ask({"a": snapshot(other, space("two"))})
    assert run(apis.con, "select source, hour(ended_at) from raw.api_snapshots order by all") == [
        (HERE, 2),
        (other, None),
    ]


def test_two_ways_to_one_account_and_region_tell_it_once(apis: Apis) -> None:
    told = snapshot(HERE, space("one"))
    apis.ask({"a": told, "b": told})
    assert apis.history() == [(HERE, "one", 5, 1, None)]
    assert not apis.ask({"a": SourceError("denied"), "b": told}).ended


def test_events_alone_leave_what_comes_with_bills_as_it_is(apis: Apis) -> None:
    told = question("a", snapshot(HERE, space("one")))
    denied = question("b", SourceError("denied"))
    answers = {"a": replace(told, with_bills=True), "b": replace(denied, with_bills=True)}
    apis.ask(answers)
    assert not apis.ask(answers, only_activity=True).is_news
    assert apis.history() == [(HERE, "one", 5, 1, None)]
    assert [row[0] for row in apis.problems()] == ["b"]


def test_what_is_odd_in_an_answer_is_a_problem_beside_it(apis: Apis) -> None:
    odd = Problem(HERE, "budget x", "odd_amount", "warning", "is no number")
    told = snapshot(HERE, space("one"), problems=(odd,))
    assert apis.ask({"a": told}).is_news
    assert not apis.ask({"a": told}).is_news
    assert apis.problems() == [(HERE, "odd_amount", "warning", "is no number")]


def test_how_bad_silence_is_the_question_says(apis: Apis) -> None:
    asked = replace(question("a", SourceError("denied")), severity="notice")
    apis.ask({"a": asked})
    assert apis.problems() == [("a", "refused", "notice", "denied")]


@pytest.mark.parametrize("make", [KeyboardInterrupt, ZeroDivisionError])
def test_what_is_no_fault_of_a_source_is_none_of_ours_to_hide(
    apis: Apis, make: Callable[[], BaseException]
) -> None:
    def ask() -> Snapshot:
        raise make()

    with pytest.raises(make):  # type: ignore[call-overload]
        apis.ask({"a": Question("a", ask)})
