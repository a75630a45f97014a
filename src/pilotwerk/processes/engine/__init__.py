"""From the table of texts to cases, events and measured facts, in DuckDB."""
