"""Rules of the portfolio room, free of Django: potential, risk, ranking, refusal."""
