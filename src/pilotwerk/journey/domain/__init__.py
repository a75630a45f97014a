"""The 90 days as pure functions: working days, schedule, gates, calendar feed."""
