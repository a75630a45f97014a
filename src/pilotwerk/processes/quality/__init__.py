"""Measures how good an opened file is: columns, dimensions, findings, with SQL on its table of texts."""

from pilotwerk.processes.quality.measuring import measure_file, measure_quality

__all__ = ["measure_file", "measure_quality"]
