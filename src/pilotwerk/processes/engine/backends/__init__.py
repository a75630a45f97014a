"""What computes the facts: DuckDB inside the program, or PostgreSQL or Spark where a log outgrows the machine.

All of them run the same SQL text (`engine/facts.py`); only what stands in `Dialect` differs.
"""

from pilotwerk.processes.engine.backends.base import Dialect, Engine
from pilotwerk.processes.engine.backends.duck import DuckDb
from pilotwerk.processes.engine.backends.opening import ENGINES, analytics, check_engine

__all__ = ["ENGINES", "Dialect", "DuckDb", "Engine", "analytics", "check_engine"]
