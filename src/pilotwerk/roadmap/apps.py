from pilotwerk.core.rooms import Room


class RoadmapRoom(Room):
    name = "pilotwerk.roadmap"
