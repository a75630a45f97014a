from pilotwerk.core.rooms import Room


class PilotsRoom(Room):
    name = "pilotwerk.pilots"
