from pilotwerk.core.rooms import Room


class WebRoom(Room):
    name = "pilotwerk.web"
