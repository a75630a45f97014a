"""Requests out of files: CSV, TSV, XLSX or JSON, uploaded or put into a watched folder."""

from pilotwerk.pilots.connectors.files.reading import CaseFile, IncomingCase, Rejection, read_cases
from pilotwerk.pilots.connectors.files.watching import Taken, WatchedFolder

__all__ = ["CaseFile", "IncomingCase", "Rejection", "Taken", "WatchedFolder", "read_cases"]
