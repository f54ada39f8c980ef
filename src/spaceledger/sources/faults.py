"""What AWS's refusals mean: one line each that says what to do, and which are worth another try.

Codes are those of the S3 API reference (error responses), of KMS, and the common errors of AWS APIs.
Answers are never quoted whole: a refused signature's answer repeats what was signed.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import Any

from boto3.exceptions import RetriesExceededError
from botocore.exceptions import (
    ConnectionError as EndpointError,
)
from botocore.exceptions import (
    CredentialRetrievalError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ResponseStreamingError,
    SSOError,
    TokenRetrievalError,
)

from spaceledger.errors import (
    AccessError,
    ChangedSourceError,
    SourceError,
    TransientSourceError,
)

_LATER = re.compile(
    r"SlowDown|.*Throttl.*|TooManyRequests.*|RequestLimitExceeded|LimitExceeded(Exception)?"
    r"|Internal(Error|Failure|ServerError|ServerException|ServiceError|ErrorException)"
    r"|ServiceUnavailable(Exception)?|RequestTimeout(Exception)?|PriorRequestNotComplete"
    r"|BandwidthLimitExceeded|OperationAborted|BadDigest|IncompleteBody"
)
# Refused connections, timeouts, answers cut short, bodies that are not what was stored.
_NETWORK_FAULTS = (
    EndpointError, HTTPClientError, IncompleteReadError, RetriesExceededError,
    ResponseStreamingError, FlexibleChecksumError, ConnectionError, TimeoutError, ssl.SSLError,
    socket.gaierror,
)  # fmt: skip
_NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_UNKNOWN_KEYS = {
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "UnrecognizedClientException",
    "InvalidClientTokenId", "AuthFailure", "InvalidToken", "InvalidSignatureException",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException",
}  # fmt: skip
# SageMaker, CloudTrail and STS answer so too in a region that the account has not enabled; S3 never does.
_UNKNOWN_KEYS_OR_REGION = {"UnrecognizedClientException", "InvalidClientTokenId"}
# What is asked in each of a source's regions.
_REGIONAL = {
    "GetCallerIdentity", "LookupEvents", "ListDomains", "DescribeDomain", "ListSpaces",
    "ListUserProfiles", "ListApps",
}  # fmt: skip
_DENIED = re.compile(
    r"AccessDenied(Exception)?|UnauthorizedOperation|403|Forbidden|AllAccessDisabled"
    r"|NotAuthorized(Exception)?|UnauthorizedException"
)
# Names of roles and buckets may hold "kms" too.
_OF_KEYS = re.compile(r"\bkms:[A-Za-z]+|\barn:aws[a-z-]*:kms:|ciphertext", re.IGNORECASE)
_ELSEWHERE = {
    "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "301", "307",
    "IllegalLocationConstraintException", "InvalidRegionException",
}  # fmt: skip
# What looks like a key id, a token or a signed address, wherever it turns up.
_SECRETS = re.compile(
    r"\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{4,}|X-Amz-[A-Za-z-]+=[^&\s]+|[A-Za-z0-9/+=]{40,}"
)


def is_of_the_network(error: BaseException) -> bool:
    """Whether an answer did not come, or not whole."""
    return isinstance(error, _NETWORK_FAULTS)


def code_of(error: BaseException) -> str:
    """AWS's error code, or the HTTP status of an answer without a body, or ""."""
    answer = _answer_of(error)
    return str(answer.get("Error", {}).get("Code", ""))


def scrubbed(text: str) -> str:
    """Text without what could be a key, a token or a signed address, on one line, 300 characters at most."""
    return _SECRETS.sub("***", " ".join(text.split()))[:300]


def fault_of(error: BaseException, *, where: str, permission: str) -> SourceError:
    """The one-line error of what boto3 raised.

    `permission` says what to ask for where access is denied, "s3:GetObject on bills/cur/*". Transient
    faults come as TransientSourceError, objects that changed or went as ChangedSourceError.
    """
    if isinstance(error, SourceError):
        return error
    fault = _fault_of(error, where=where, permission=permission)
    fault.code = code_of(error)
    fault.said = scrubbed(_message_of(error))
    return fault


def _fault_of(error: BaseException, *, where: str, permission: str) -> SourceError:
    answer = _answer_of(error)
    code = code_of(error)
    operation = str(getattr(error, "operation_name", ""))
    message = _message_of(error)
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code.startswith("KMS.") and _LATER.fullmatch(code.removeprefix("KMS.")) is None:
        return _of_key(code, message, where)
    if code in {"NoSuchKey", "NoSuchVersion", "404", "PreconditionFailed", "412"}:
        return ChangedSourceError(
            "changed or went while it was being fetched", where=where, todo="run again"
        )
    for found in (
        _of_region(code, message, where),
        _of_credentials(error, operation, code, where),
        _of_access(operation, code, message, where, permission),
        _of_place(error, answer, code, where),
    ):
        if found:
            return found
    if _LATER.fullmatch(code) or status >= 500 or is_of_the_network(error):
        return TransientSourceError(
            f"AWS did not answer ({code or type(error).__name__})", where=where, todo="run again"
        )
    return SourceError(
        f"AWS answered {code or type(error).__name__}: {scrubbed(message)}", where=where
    )


def _message_of(error: BaseException) -> str:
    return str(_answer_of(error).get("Error", {}).get("Message", "")) or str(error)


def _answer_of(error: BaseException) -> dict[str, Any]:
    return getattr(error, "response", None) or {}


def _of_region(code: str, message: str, where: str) -> SourceError | None:
    """APIs that answer in one region alone say so in the words of a wrong signature."""
    if "scoped to a valid region" not in message.lower():
        return None
    return AccessError(
        f"AWS does not answer for it in this region ({code})",
        where=where,
        todo="correct region of this source, or leave it out",
    )


def _of_credentials(
    error: BaseException, operation: str, code: str, where: str
) -> SourceError | None:
    if code in _EXPIRED or isinstance(error, (SSOError, TokenRetrievalError)):
        return AccessError(
            "the AWS credentials have expired",
            where=where,
            todo="sign in again (`aws sso login`), or renew the session token",
        )
    if isinstance(error, _NO_CREDENTIALS):
        return AccessError(
            "there are no AWS credentials",
            where=where,
            todo="set AWS_PROFILE, or profile or role_arn of this source",
        )
    if code in _UNKNOWN_KEYS:
        todo = "correct the access key, or profile of this source"
        if code in _UNKNOWN_KEYS_OR_REGION and operation in _REGIONAL:
            todo += ", or enable that region for the account, or take it out of regions"
        return AccessError(f"AWS does not know these credentials ({code})", where=where, todo=todo)
    if code == "RequestTimeTooSkewed":
        return AccessError(
            "this machine's clock is wrong", where=where, todo="set it by NTP, then run again"
        )
    return None


def _of_access(
    operation: str, code: str, message: str, where: str, permission: str
) -> SourceError | None:
    if not _DENIED.fullmatch(code):
        return None
    if operation == "AssumeRole":
        return AccessError(
            f"the role may not be assumed ({code})",
            where=where,
            todo="allow sts:AssumeRole on role_arn; its trust policy must name this caller and external_id",
        )
    if _OF_KEYS.search(message):
        return _of_key(code, message, where)
    return SourceError(
        f"access is denied ({code})",
        where=where,
        todo=f"allow {permission}: `spaceledger iam-policy` prints the policy",
    )


def _of_key(code: str, message: str, where: str) -> SourceError:
    named = re.search(r"arn:aws[a-z-]*:kms:[A-Za-z0-9:/_-]+", message)
    key = named[0] if named else "the key it is encrypted with"
    if "Disabled" in code or "InvalidState" in code or "NotFound" in code:
        return SourceError(
            f"the KMS key cannot be used ({code})", where=where, todo=f"enable or restore {key}"
        )
    return SourceError(
        f"KMS denies decrypting ({code})",
        where=where,
        todo=f"allow kms:Decrypt on {key}, in the key's policy too where it is another account's",
    )


def _of_place(
    error: BaseException, answer: dict[str, Any], code: str, where: str
) -> SourceError | None:
    if code == "NoSuchBucket":
        return AccessError("there is no such bucket", where=where, todo="correct uri")
    if code == "InvalidObjectState":
        return SourceError(
            "is archived and cannot be read",
            where=where,
            todo="restore it (s3:RestoreObject), and keep the bucket's lifecycle from archiving this prefix",
        )
    if code in _ELSEWHERE:
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        region = answer.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region")
        named = region if region and re.fullmatch(r"[a-z0-9-]{1,32}", str(region)) else ""
        return AccessError(
            f"lies in another region ({code})",
            where=where,
            todo=f'set region = "{named}" of this source'
            if named
            else "correct region of this source",
        )
    if isinstance(error, NoRegionError):
        return AccessError("no region is set", where=where, todo="set region of this source")
    return None
