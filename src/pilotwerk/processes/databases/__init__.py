"""Databases of the company as a source of process data: read-only, only where the installation allows it."""
