"""Pilotwerk: from "we should do something with AI" to one measured pilot under human control."""
