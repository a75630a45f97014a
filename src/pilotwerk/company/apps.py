from pilotwerk.core.rooms import Room


class CompanyRoom(Room):
    name = "pilotwerk.company"
