from pilotwerk.core.rooms import Room


class KpisRoom(Room):
    name = "pilotwerk.kpis"
