"""The scenes of the play, in order. Each one calls the rooms' services as the people of the company would."""
