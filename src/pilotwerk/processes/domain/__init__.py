"""Pure rules of the room: what columns mean, how values are written, what was found. No Django, no
database.
"""
