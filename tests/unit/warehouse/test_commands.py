"""Commands people paste into a shell: the AWS CLI knows each of them, and no name can be anything but a word."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import botocore.session
import duckdb
import pytest
from botocore import xform_name
from hypothesis import example, given
from hypothesis import strategies as st

from spaceledger.warehouse.connection import create_macros

HOME = "arn:aws:sagemaker:us-east-1:012345678901"
SPACE = f"{HOME}:space/d-abc/fraud"
CLI = {
    xform_name(name, "-"): name
    for name in botocore.session.get_session().get_service_model("sagemaker").operation_names
}
KINDS = (
    "notebook-instance", "endpoint", "inference-component", "training-job", "processing-job",
    "transform-job", "hyper-parameter-tuning-job", "automl-job", "compilation-job",
    "optimization-job", "labeling-job", "mlflow-tracking-server",
)  # fmt: skip
APP_TYPES = botocore.session.get_session().get_service_model("sagemaker").shape_for("AppType").enum
SHELL = "$`\"'\\;&|<>(){}[]*?~! \t\n#%^=+,@:/"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        create_macros(con)
        yield con


def asked(con: duckdb.DuckDBPyConnection, macro: str, *given: object) -> str | None:
    marks = ", ".join("?::varchar" for _ in given)
    return con.execute(f"select {macro}({marks})", list(given)).fetchone()[0]  # type: ignore[index]


def ended(con: duckdb.DuckDBPyConnection, resource: str, **more: str) -> str | None:
    row = {"category": "Studio apps", "space": SPACE, "name": "fraud"} | more
    return asked(con, "end_command", resource, row["category"], row["space"], row["name"])


def options(command: str) -> dict[str, list[str]]:
    """The options of a command as a shell would hand them over, once AWS knows them all."""
    words = shlex.split(command)
    assert words[:2] == ["aws", "sagemaker"]
    found: dict[str, list[str]] = {}
    for word in words[3:]:
        if word.startswith("--"):
            found[word[2:]] = []
        else:
            found[list(found)[-1]].append(word)
    model = botocore.session.get_session().get_service_model("sagemaker")
    shape = model.operation_model(CLI[words[2]]).input_shape
    known = {xform_name(name, "-") for name in shape.members}
    assert found.pop("region") == ["us-east-1"]
    assert {xform_name(name, "-") for name in shape.required_members} <= set(found) <= known
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_cli_knows_what_ends_each_kind(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    command = ended(con, f"{HOME}:{kind}/Some-name.1")
    assert command
    assert list(options(command).values()) == [["Some-name.1"]]


@pytest.mark.parametrize("app_type", APP_TYPES)
def test_an_app_ends_by_its_space_and_type(con: duckdb.DuckDBPyConnection, app_type: str) -> None:
    command = ended(con, f"{HOME}:app/d-abc/fraud/{app_type.lower()}/default", name="Fraud")
    assert command
    assert options(command) == {
        "domain-id": ["d-abc"],
        "space-name": ["Fraud"],
        "app-type": [app_type],
        "app-name": ["default"],
    }


def test_storage_goes_with_its_space_and_the_note_says_so(con: duckdb.DuckDBPyConnection) -> None:
    for resource in (SPACE, f"{HOME}:app/d-abc/fraud/JupyterLab/default"):
        command = asked(con, "end_command", resource, "Studio storage", SPACE, "Fraud")
        assert command
        assert options(command) == {"domain-id": ["d-abc"], "space-name": ["Fraud"]}
        note = asked(con, "end_note", resource, "Studio storage", SPACE, "Fraud")
        assert note
        assert note.startswith("deletes the space and every file")


@pytest.mark.parametrize(
    "resource",
    [None, "vol-0a1b", f"{HOME}:space/d-abc/mine", SPACE.replace("d-abc", "d-xyz"), SPACE.replace("012345678901", "210987654321")],
)  # fmt: skip
def test_a_tag_does_not_choose_what_others_delete(
    con: duckdb.DuckDBPyConnection, resource: str | None
) -> None:
    assert asked(con, "end_command", resource, "Studio storage", SPACE, "Fraud") is None
    assert asked(con, "end_note", resource, "Studio storage", SPACE, "Fraud").startswith(
        "no command"
    )
    assert resource is None or asked(con, "tag_command", resource, SPACE) is None


@pytest.mark.parametrize(
    "resource",
    [
        None,
        "",
        "i-0abc",
        "arn:aws:elasticfilesystem:us-east-1:012345678901:file-system/fs-1",
        f"{HOME}:model/a",
        f"{HOME}:training-job/a/b",
        f"{HOME}:training-job/-a",
        f"{HOME}:training-job/",
        f"{HOME}:app/d-abc/fraud/Unheard/default",
        f"{HOME}:app/d-abc/fraud/JupyterLab",
        f"{HOME}:app/d-abc/ana/JupyterLab/default",  # of another space, or of a user profile
        f"{HOME}:app/d-xyz/fraud/JupyterLab/default",
    ],
)
def test_what_is_not_known_for_sure_has_no_command(
    con: duckdb.DuckDBPyConnection, resource: str | None
) -> None:
    assert asked(con, "end_command", resource, "Studio apps", SPACE, "fraud") is None
    note = asked(con, "end_note", resource, "Studio apps", SPACE, "fraud")
    assert note
    assert note.startswith("no command")


@given(st.text(st.sampled_from(f"ab1.-_é\u212a{SHELL}"), max_size=8))
@example("a\n")
@example("a;reboot")
@example("$(reboot)")
@example("-a")
def test_no_name_reaches_a_shell_unless_it_is_a_word(
    con: duckdb.DuckDBPyConnection, text: str
) -> None:
    plain = asked(con, "is_plain_word", text)
    assert plain == (
        text[:1].isascii()
        and text[:1].isalnum()
        and all(c.isascii() and (c.isalnum() or c in "._-") for c in text)
    )
    found = [
        ended(con, f"{HOME}:training-job/{text}"),
        ended(con, f"{HOME}:app/d-abc/fraud/JupyterLab/{text}"),
        *(
            ended(con, space, category="Studio storage", space=space)
            for space in (f"{HOME}:space/d-abc/{text}", f"{HOME}:space/{text}/fraud")
        ),
        asked(con, "tag_command", f"{HOME}:endpoint/{text}", SPACE),
        asked(con, "tag_command", f"{HOME}:endpoint/a", f"{HOME}:space/d-abc/{text}"),
    ]
    assert [command is not None for command in found] == [plain] * len(found)
    # A strange spelling of the space's own name gives way to that of its ARN.
    odd = ended(con, SPACE, category="Studio storage", name=text)
    assert odd
    assert options(odd)["space-name"] == ["fraud"]


def test_a_tag_command_sets_both_tags(con: duckdb.DuckDBPyConnection) -> None:
    command = asked(con, "tag_command", f"{HOME}:endpoint/Red", SPACE)
    assert command
    assert options(command) == {
        "resource-arn": [f"{HOME}:endpoint/Red"],
        "tags": [
            f"Key=sagemaker:space-arn,Value={SPACE}",
            f"Key=sagemaker:domain-arn,Value={HOME}:domain/d-abc",
        ],
    }


@pytest.mark.parametrize(
    ("resource", "space", "method", "starts"),
    [
        (f"{HOME}:endpoint/red", SPACE, "space_event", "counts from then on"),
        (f"{HOME}:training-job/red", SPACE, "space_event", "a job bears a new name"),
        ("arn:aws:s3:::bucket", SPACE, "space_history", "no command"),
        (f"{HOME}:endpoint/red", None, "user_profile", "find out in which space"),
        (f"{HOME}:endpoint/red", None, "domain", "only its domain is known"),
        (f"{HOME}:endpoint/red", None, "unattributed", "nothing says whose"),
    ],
)
def test_a_note_says_what_to_find_out(
    con: duckdb.DuckDBPyConnection, resource: str, space: str | None, method: str, starts: str
) -> None:
    note = asked(con, "tag_note", resource, space, method)
    assert note
    assert note.startswith(starts)
    assert (asked(con, "tag_command", resource, space) is None) == (
        "no command" in note or not space
    )
