from pilotwerk.core.rooms import Room


class JourneyRoom(Room):
    name = "pilotwerk.journey"
