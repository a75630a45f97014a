"""Views of the processes room, one file for each page or step."""
