"""SageMaker ARNs as values. The same rules live in `sql/macros/arn.sql`; a property test ties them.

Shapes: `arn:{partition}:sagemaker:{region}:{account}:domain/{domain_id}`, `space/{domain_id}/{name}`,
`user-profile/{domain_id}/{name}` and `app/{domain_id}/{owner}/{app_type}/{app_name}`
(botocore sagemaker 2017-07-24, shapes DomainArn, SpaceArn, UserProfileArn, AppArn).
AWS lower-cases names in some places, so a key is always the lower-case ARN.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = r"arn:(?P<partition>aws[a-z-]*):sagemaker:(?P<region>[a-z0-9-]+):(?P<account_id>[0-9]{12}):"
_DOMAIN_ID = r"(?P<domain_id>d-[a-z0-9-]{1,61})"
_NAME = r"[a-z0-9](?:-*[a-z0-9]){0,62}"
_DOMAIN = re.compile(rf"{_HEAD}domain/{_DOMAIN_ID}", re.ASCII)
_SPACE = re.compile(rf"{_HEAD}space/{_DOMAIN_ID}/(?P<name>{_NAME})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DomainArn:
    """A Studio domain, in lower case."""

    partition: str
    region: str
    account_id: str
    domain_id: str

    @classmethod
    def parse(cls, text: str) -> DomainArn | None:
        """The domain an ARN names, or None where it is not well-formed."""
        match = _DOMAIN.fullmatch(text.lower()) if text.isascii() else None
        return cls(**match.groupdict()) if match else None

    def __str__(self) -> str:
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account_id}:domain/{self.domain_id}"


@dataclass(frozen=True, slots=True)
class SpaceArn:
    """A space of a domain, in lower case."""

    domain: DomainArn
    name: str

    @classmethod
    def parse(cls, text: str) -> SpaceArn | None:
        """The space an ARN names, or None where it is not well-formed."""
        match = _SPACE.fullmatch(text.lower()) if text.isascii() else None
        if match is None:
            return None
        parts = match.groupdict()
        name = parts.pop("name")
        return cls(domain=DomainArn(**parts), name=name)

    def __str__(self) -> str:
        head = (
            f"arn:{self.domain.partition}:sagemaker:{self.domain.region}:{self.domain.account_id}"
        )
        return f"{head}:space/{self.domain.domain_id}/{self.name}"
