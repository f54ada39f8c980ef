"""Benchmarks: ratios against named baselines in one run, with peak memory."""
