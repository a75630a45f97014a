"""Readers: a file of any known kind becomes one table of texts in DuckDB, bounded and with its bad rows
named.
"""

from pilotwerk.processes.reading.limits import Limits
from pilotwerk.processes.reading.opening import open_source
from pilotwerk.processes.reading.source import Source

__all__ = ["Limits", "Source", "open_source"]
