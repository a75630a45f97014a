"""Rules of the company room, free of Django: size class and readiness."""
