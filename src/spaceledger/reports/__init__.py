"""The rows of `sql/panels/` -> pages that open from disk: the only place that knows plotly and jinja2."""

from spaceledger.reports.write import Dataset, write_reports, write_single_file

__all__ = ["Dataset", "write_reports", "write_single_file"]
