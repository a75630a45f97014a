from pilotwerk.core.rooms import Room


class AuditRoom(Room):
    name = "pilotwerk.audit"
