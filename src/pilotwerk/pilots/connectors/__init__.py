"""Connectors: the ways by which cases come in and replies go out. Only `execution` and `intake` may use them."""
