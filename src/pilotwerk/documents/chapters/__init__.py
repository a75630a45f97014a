"""The chapters of the strategy, each filled from the records of the rooms below."""
