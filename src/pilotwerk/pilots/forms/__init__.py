"""What people fill in for a pilot: one module a subject."""
