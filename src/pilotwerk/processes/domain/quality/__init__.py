"""Rules of data quality: what counts as a finding, how good a table is, whom a column names. Pure."""
