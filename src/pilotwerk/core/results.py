"""Results that are honest about what is not known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The data does not allow an answer. Never replaced by zero. `reason` is a sentence for people."""

    reason: str

    def __bool__(self) -> bool:
        return False
