"""Errors that a person can act on. Their text is shown as it is: what happened, why, what to do."""


class PilotwerkError(Exception):
    """Base of all errors with a text for people."""


class Refused(PilotwerkError):
    """A rule says no. Nothing was changed. Pages answer 422 and show the text."""


class BadInput(PilotwerkError):
    """What came in cannot be read. Names file, row (1-based, as a person counts) and column where known."""

    def __init__(
        self, message: str, *, file: str | None = None, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.row = row
        self.column = column

    def __str__(self) -> str:
        where = [
            text
            for text, known in (
                (self.file or "", self.file),
                (f"row {self.row}", self.row is not None),
                (f"column {self.column}", self.column is not None),
            )
            if known
        ]
        return f"{', '.join(where)}: {self.message}" if where else str(self.message)
