"""Rules of a pilot as pure functions and plain data: no Django, no database, no network."""
