from pilotwerk.core.rooms import Room


class ProcessesRoom(Room):
    name = "pilotwerk.processes"
