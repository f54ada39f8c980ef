"""Prefect flows: when, how often, retries. No rule of our own."""
