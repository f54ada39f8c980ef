"""Every SQL model on given rows: `tests/models/<schema>/<table>.yaml` mirrors `sql/`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.harness import Case, Models, compared, read_cases

CASES = read_cases()


def _parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=case.xfail)] if case.xfail else []
    return pytest.param(case, id=f"{case.model}: {case.name}", marks=marks)


@pytest.fixture(scope="module")
def models() -> Iterator[Models]:
    models = Models()
    yield models
    models.close()


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_a_model_gives_the_expected_rows(models: Models, case: Case) -> None:
    found, expected = compared(models.evaluate(case.model, case.given), case.expect)
    assert found == expected


def test_names_of_cases_tell_them_apart() -> None:
    names = [(case.model, case.name) for case in CASES]
    assert len(set(names)) == len(names)


def test_headers_document_the_columns_that_are_built(models: Models) -> None:
    stated = {name: {c for c, _ in model.columns} for name, model in models.models.items()}
    assert stated == {name: set(types) for name, types in models.types.items()}
