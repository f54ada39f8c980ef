"""AWS sessions and clients through boto3's own credential chain, with the access a source is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess

# A connection is given up after so many seconds without a byte; requests are tried again (patience.py).
CONNECT_SECONDS = 10
READ_SECONDS = 30
MAX_CONNECTIONS = 32


def session_of(access: AwsAccess, where: str) -> Any:
    """A boto3 session; with `role_arn`, of that role, whose credentials renew themselves.

    Raises SourceError where a profile is unknown.
    """
    import boto3
    import botocore.session
    from botocore.exceptions import BotoCoreError

    core = botocore.session.get_session()
    _read_times_quickly(core)
    try:
        session = boto3.Session(
            botocore_session=core, profile_name=access.profile, region_name=access.region
        )
        return _assumed(session, access) if access.role_arn else session
    except (BotoCoreError, ValueError) as error:
        raise _no_access(error, where) from None


def client_of(
    service: str, access: AwsAccess, where: str, *, region: str | None = None, session: Any = None
) -> Any:
    """A boto3 client that asks once; `sources.patience` asks again.

    `region` and `session` stand for the source's own. Raises SourceError where a profile is unknown or
    the endpoint is no address.
    """
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=MAX_CONNECTIONS,
        tcp_keepalive=True,
    )
    session = session or session_of(access, where)
    try:
        return session.client(
            service, region_name=region, endpoint_url=access.endpoint_url, config=config
        )
    except (BotoCoreError, ValueError) as error:
        raise _no_access(error, where) from None


def account_of(access: AwsAccess, region: str | None, where: str) -> str:
    """The account whose credentials `access` has; anybody may ask for it."""
    from spaceledger.sources.patience import ask

    elsewhere = access.model_copy(update={"endpoint_url": None})  # an endpoint is of one service
    client = client_of("sts", elsewhere, where, region=region)
    answer = ask(client, "get_caller_identity", where=where, permission="sts:GetCallerIdentity")
    return str(answer["Account"])


def _no_access(error: Exception, where: str) -> SourceError:
    from spaceledger.sources.faults import scrubbed

    return SourceError(
        f"AWS gives no access ({scrubbed(str(error))})",
        where=where,
        todo="correct profile, role_arn, region or endpoint_url of this source",
    )


def _read_times_quickly(core: Any) -> None:
    """More than half of the time of listing a bucket went into dateutil's guessing at formats."""
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)


def _moment(told: Any) -> datetime:
    """What botocore makes of a timestamp; of ISO 8601 with a zone, as S3 tells it, thirty times quicker."""
    from botocore.utils import parse_timestamp

    try:
        read = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        read = None
    answer: datetime = read if read and read.tzinfo else parse_timestamp(told)
    return answer


def _assumed(session: Any, access: AwsAccess) -> Any:
    """A session of the role. Its credentials are asked for at the first request, and again in time."""
    import boto3
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.exceptions import NoCredentialsError

    source = session.get_credentials()
    if source is None:
        raise NoCredentialsError
    said = {"RoleSessionName": "spaceledger"}
    if access.external_id:
        said["ExternalId"] = access.external_id
    region = access.region or session.region_name

    def create_client(service: str, **given: Any) -> Any:
        return session.client(service, region_name=region, **given)

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=create_client,
        source_credentials=source,
        role_arn=access.role_arn,
        extra_args=said,
    )
    core = botocore.session.get_session()
    _read_times_quickly(core)
    core._credentials = DeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=core, region_name=region)
