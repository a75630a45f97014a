from pilotwerk.core.rooms import Room


class EvaluationRoom(Room):
    name = "pilotwerk.evaluation"
