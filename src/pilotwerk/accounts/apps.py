from pilotwerk.core.rooms import Room


class AccountsRoom(Room):
    name = "pilotwerk.accounts"
