"""DuckDB: load, models, build, checks, publish. The only place that imports duckdb."""
