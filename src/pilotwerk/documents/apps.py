from pilotwerk.core.rooms import Room


class DocumentsRoom(Room):
    name = "pilotwerk.documents"
