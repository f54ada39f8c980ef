"""Demo data: a small company's bill in three formats, and its trail."""

from spaceledger.demo.write import write_sample

__all__ = ["write_sample"]
