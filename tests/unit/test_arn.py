"""ARNs in Python and in SQL: one set of rules, held together by generated ARNs and near-misses."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spaceledger.arn import DomainArn, SpaceArn
from spaceledger.warehouse.connection import run

HEAD = "arn:aws:sagemaker:us-east-1:012345678901"
SPACE = f"{HEAD}:space/d-abc/fraud"

PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"]
REGIONS = ["us-east-1", "eusc-de-east-1", "cn-north-1", "us-gov-west-1", "ap-southeast-7"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
parts = st.text(LETTERS, min_size=1, max_size=6)
hyphens = st.sampled_from(["-", "--", "---"])
domain_ids = st.builds("d-{}{}{}".format, parts, hyphens, parts)
names = st.one_of(
    st.text(LETTERS + LETTERS.upper(), min_size=1, max_size=63),
    st.builds("{}{}{}".format, parts, hyphens, parts),
)
accounts = st.text("0123456789", min_size=12, max_size=12)
heads = st.builds(
    "arn:{}:sagemaker:{}:{}".format,
    st.sampled_from(PARTITIONS),
    st.sampled_from(REGIONS),
    accounts,
)
spaces = st.builds("{}:space/{}/{}".format, heads, domain_ids, names)
domains = st.builds("{}:domain/{}".format, heads, domain_ids)
profiles = st.builds("{}:user-profile/{}/{}".format, heads, domain_ids, names)
apps = st.builds("{}:app/{}/{}/{}/{}".format, heads, domain_ids, names, names, names)
arns = st.one_of(spaces, domains, profiles, apps)

# What strangers do to a well-formed ARN: ASCII and white space, and every other writing system.
ascii_marks = st.sampled_from([*"\n\r\t \0/:-_.*'\"%$", "arn:", "space", "d-", "0", "Z"])
any_marks = st.one_of(ascii_marks, st.characters(exclude_categories=["Cs"]))


@st.composite
def near_misses(draw: st.DrawFn, marks: st.SearchStrategy[str]) -> str:
    """An ARN with a piece put in, taken out, doubled or in another case."""
    text = draw(arns)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(start + 3, len(text))))
    return (
        text[:start]
        + draw(st.one_of(st.just(""), marks, st.just(text[start:end] * 2)))
        + text[end:]
    )


def sql(con: duckdb.DuckDBPyConnection, macro: str, text: str) -> str | None:
    return run(con, f"select {macro}(?::varchar)", [text])[0][0]


@given(text=spaces)
def test_a_space_arn_is_read_and_written_alike(text: str) -> None:
    parsed = SpaceArn.parse(text)
    assert parsed is not None
    assert str(parsed) == text.lower()
    assert SpaceArn.parse(str(parsed)) == parsed
    assert DomainArn.parse(str(parsed.domain)) == parsed.domain
    assert SpaceArn.parse(text.upper()) == parsed


@given(text=domains)
def test_a_domain_arn_is_read_and_written_alike(text: str) -> None:
    parsed = DomainArn.parse(text)
    assert parsed is not None
    assert str(parsed) == text.lower()
    assert SpaceArn.parse(text) is None


@given(text=st.one_of(arns, near_misses(ascii_marks), st.text(st.characters(codec="ascii"))))
@example(text=SPACE)
@example(text=SPACE + "\n")
@example(text="\n" + SPACE)
@example(text=SPACE.upper())
@example(text=SPACE + "/")
@example(text=f"{HEAD}:space/d-abc/-fraud")
@example(text=f"{HEAD}:space/d-abc/fraud-")
@example(text=f"{HEAD}:space/d-abc/{'a' * 63}")
@example(text=f"{HEAD}:space/d-abc/{'a' * 64}")
@example(text=f"{HEAD}:space/d-{'a' * 61}/fraud")
@example(text=f"{HEAD}:space/d-{'a' * 62}/fraud")
@example(text="")
def test_python_and_sql_agree_on_spaces(macros: duckdb.DuckDBPyConnection, text: str) -> None:
    parsed = SpaceArn.parse(text)
    assert sql(macros, "space_arn_of", text) == (str(parsed) if parsed else None)


@given(text=st.one_of(spaces, near_misses(any_marks)))
@example(text=SPACE.replace("fraud", "fräud"))
@example(text=SPACE.replace("fraud", "詐欺"))
@example(text=SPACE.replace("012345678901", "０12345678901"))
@example(text=SPACE + "\u200b")
@example(text="\ufeff" + SPACE)
def test_python_and_sql_agree_on_spaces_in_every_writing_system(
    macros: duckdb.DuckDBPyConnection, text: str
) -> None:
    parsed = SpaceArn.parse(text)
    assert sql(macros, "space_arn_of", text) == (str(parsed) if parsed else None)


@pytest.mark.parametrize("letter", ["\u212a", "\u0130"])
def test_letters_that_become_ascii_in_lower_case_are_no_letters_of_a_name(
    macros: duckdb.DuckDBPyConnection, letter: str
) -> None:
    text = f"{HEAD}:space/d-abc/{letter}"
    assert SpaceArn.parse(text) is None
    assert sql(macros, "space_arn_of", text) is None


@given(text=st.one_of(domains, spaces, profiles, apps))
def test_the_domain_of_any_arn_is_a_well_formed_domain(
    macros: duckdb.DuckDBPyConnection, text: str
) -> None:
    found = sql(macros, "domain_arn_of", text)
    assert found is not None
    assert found == str(DomainArn.parse(found))
    space = SpaceArn.parse(text)
    assert space is None or found == str(space.domain)


@pytest.mark.parametrize("tail", ["/", "/x", "/x:y/z"])
def test_python_and_sql_agree_on_what_follows_a_domain(
    macros: duckdb.DuckDBPyConnection, tail: str
) -> None:
    text = f"{HEAD}:domain/d-abc{tail}"
    assert DomainArn.parse(text) is None
    assert sql(macros, "domain_arn_of", text) is None


@given(text=near_misses(ascii_marks))
def test_python_and_sql_agree_on_domains(macros: duckdb.DuckDBPyConnection, text: str) -> None:
    if ":domain/" not in text.lower() or text.count("/") != 1:
        return
    parsed = DomainArn.parse(text)
    assert sql(macros, "domain_arn_of", text) == (str(parsed) if parsed else None)


@given(head=heads, domain=domain_ids, owner=names, kind=names, app=names)
def test_an_app_names_the_space_and_the_profile_its_owner_may_be(
    macros: duckdb.DuckDBPyConnection, head: str, domain: str, owner: str, kind: str, app: str
) -> None:
    text = f"{head}:app/{domain}/{owner}/{kind}/{app}"
    found = run(
        macros,
        "select is_app_arn(t), app_owner(t), app_type(t), app_space_arn(t), app_user_profile_arn(t)"
        " from (select ?::varchar as t)",
        [text],
    )[0]
    lower = head.lower()
    assert found == (
        True,
        owner.lower(),
        kind.lower(),
        f"{lower}:space/{domain}/{owner.lower()}",
        f"{lower}:user-profile/{domain}/{owner.lower()}",
    )


@given(text=near_misses(any_marks))
def test_account_and_region_never_fail(macros: duckdb.DuckDBPyConnection, text: str) -> None:
    found = run(
        macros,
        "select arn_region(t), arn_account_id(t), arn_name(t), is_sagemaker_arn(t), is_app_arn(t)"
        " from (select ?::varchar as t)",
        [text],
    )
    assert len(found) == 1


def test_a_name_keeps_its_spelling(macros: duckdb.DuckDBPyConnection) -> None:
    assert sql(macros, "arn_name", f"{HEAD}:space/d-abc/Fraud-Models") == "Fraud-Models"
