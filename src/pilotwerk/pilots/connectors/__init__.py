"""Connectors: the ways by which cases come in and replies go out. Only `pilots.execution` may use them."""
