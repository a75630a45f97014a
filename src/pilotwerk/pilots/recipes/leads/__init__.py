"""Leads: which open lead is worth the next call, judged on a company's own past.

Only the test on one's own history is built so far (`pilotwerk backtest leads`). It uses `model.fit`, `score` and
`reasons`, so that a pilot would be judged by the very same code.
"""

from pilotwerk.pilots.recipes.leads.backtest import LeadTable, backtest_leads

__all__ = ["LeadTable", "backtest_leads"]
