"""Marts become HTML: figures, pages, html. The only place that imports plotly and jinja2."""

from spaceledger.reports.html import write_reports

__all__ = ["write_reports"]
