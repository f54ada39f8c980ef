"""The call of the scope macro for each raw table; the rule itself is in `sql/macros/cost.sql`."""

from __future__ import annotations

from collections.abc import Mapping


def scope_of(table: str, expressions: Mapping[str, str] | None = None) -> str:
    """SQL of whether a line is in scope, over raw columns or over the expressions that make them."""

    def of(name: str) -> str:
        return expressions[name] if expressions else name

    service = (
        of("product_code")
        if table == "cur__line_items"
        else f"focus_service_code({of('service_code')}, {of('service_name')})"
    )
    names = ("operation", "resource_id", "space_arn_tag", "domain_arn_tag", "user_profile_arn_tag",
             "managed_by_tag")  # fmt: skip
    return f"is_in_scope({', '.join([service, *map(of, names)])})"
