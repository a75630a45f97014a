from pilotwerk.core.rooms import Room


class PortfolioRoom(Room):
    name = "pilotwerk.portfolio"
