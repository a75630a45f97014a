"""Figures about a running pilot, as pure functions: time spans, quantiles, calibration, drift, alerts."""
