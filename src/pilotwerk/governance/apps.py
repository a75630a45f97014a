from pilotwerk.core.rooms import Room


class GovernanceRoom(Room):
    name = "pilotwerk.governance"
