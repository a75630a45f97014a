"""The tables of a process in its normalised form, as they are computed with and kept."""

COLUMNS: dict[str, dict[str, str]] = {
    "cases": {
        "case_no": "INTEGER",
        "case_id": "VARCHAR",
        "row": "BIGINT",
        "opened": "BIGINT",
        "closed": "BIGINT",
        "text": "VARCHAR",
        "category": "VARCHAR",
        "answer": "VARCHAR",
        "handling": "DOUBLE",
    },
    "activities": {"activity_no": "INTEGER", "name": "VARCHAR"},
    "events": {
        "case_no": "INTEGER",
        "activity_no": "INTEGER",
        "t": "BIGINT",
        "row": "BIGINT",
        "team_no": "INTEGER",
        "resource_no": "INTEGER",
        "handling": "DOUBLE",
    },
    "teams": {"team_no": "INTEGER", "pseudonym": "VARCHAR", "name": "VARCHAR", "people": "INTEGER"},
    "resources": {"resource_no": "INTEGER", "pseudonym": "VARCHAR"},
}
CREATE = {
    table: f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
    for table, columns in COLUMNS.items()
}
