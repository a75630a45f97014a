"""Pages of the pilot: fetch, validate, call one service, render."""
