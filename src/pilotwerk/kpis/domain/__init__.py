"""Rules of the KPI room, free of Django: how a KPI is computed from cases, and when a goal holds water."""
