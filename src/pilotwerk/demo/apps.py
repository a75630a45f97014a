from pilotwerk.core.rooms import Room


class DemoRoom(Room):
    name = "pilotwerk.demo"
