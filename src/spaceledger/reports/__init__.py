"""The rows of `sql/panels/` -> pages that open from disk: the only place that knows plotly and jinja2."""

from spaceledger.reports.write import Dataset, write_reports

__all__ = ["Dataset", "write_reports"]
