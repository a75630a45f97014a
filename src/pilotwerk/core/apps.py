from pilotwerk.core.rooms import Room


class CoreRoom(Room):
    name = "pilotwerk.core"
