"""Leads: which open lead is worth the next call, judged on a company's own past.

The test on one's own history (`pilotwerk backtest leads`) and the running recipe use the same `model.fit`, `score` and
`reasons`, so that a pilot is judged by the very same code.
"""

from pilotwerk.pilots.recipes.leads.backtest import LeadTable, backtest_leads

__all__ = ["LeadTable", "backtest_leads"]
