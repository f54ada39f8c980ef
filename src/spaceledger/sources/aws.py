"""AWS clients through boto3's own credential chain, with the access a source is configured with."""

from __future__ import annotations

from typing import Any

from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess


def client_of(service: str, access: AwsAccess, where: str) -> Any:
    """A boto3 client; with `role_arn`, one of that role, assumed for an hour.

    Raises SourceError where a profile is unknown or the role may not be assumed.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(retries={"mode": "standard", "max_attempts": 5})
    try:
        session = boto3.Session(profile_name=access.profile, region_name=access.region)
        if access.role_arn:
            session = _assumed(session, access)
        return session.client(service, endpoint_url=access.endpoint_url, config=config)
    except (BotoCoreError, ClientError, ValueError) as error:
        raise SourceError(
            f"AWS gives no access ({error})",
            where=where,
            todo="correct profile, role_arn, region or endpoint_url of this source",
        ) from error


def _assumed(session: Any, access: AwsAccess) -> Any:
    import boto3

    external = {"ExternalId": access.external_id} if access.external_id else {}
    answer = session.client("sts").assume_role(
        RoleArn=access.role_arn, RoleSessionName="spaceledger", **external
    )
    given = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=access.region or session.region_name,
    )
