"""Random assignment that can be checked afterwards and foreseen by nobody.

At the start of a pilot a secret seed is drawn and its SHA-256 goes into the audit trail (the commitment). The
arm of a case is a function of seed and the case's external key: HMAC-SHA256(seed, key), its first 53 bits as
a number in [0, 1), "ai" when below the share. The order of arrival and a second import change nothing. When
the pilot ends the seed is published, and anyone can recompute every assignment from the audit trail. The
construction is the usual keyed hash as a pseudorandom function (RFC 2104, FIPS 198-1).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from pilotwerk.pilots.domain.states import Arm

SEED_BYTES: Final = 32
_BITS: Final = 53  # what a float holds exactly


def seed_new() -> str:
    """A fresh secret seed, 32 random bytes as hexadecimal text."""
    return secrets.token_hex(SEED_BYTES)


def commitment(seed: str) -> str:
    """SHA-256 of the seed, hexadecimal: safe to publish before the pilot starts."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def draw(seed: str, key: str) -> float:
    """The case's number in [0, 1), uniform over keys for whoever does not know the seed."""
    digest = hmac.new(bytes.fromhex(seed), key.encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:7], "big") >> (56 - _BITS)) / (1 << _BITS)


def arm_for(seed: str, key: str, share: float) -> Arm:
    """The arm of the case with this external key; ``share`` of "with AI" in 0..1.

    Raises ValueError for a share outside 0..1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be between 0 and 1, not {share}")
    return Arm.AI if draw(seed, key) < share else Arm.CONTROL


def assignment_holds(*, seed: str, committed: str, key: str, share: float, arm: Arm) -> bool:
    """Whether a recorded assignment follows from the published seed and the earlier commitment."""
    return hmac.compare_digest(commitment(seed), committed) and arm_for(seed, key, share) is arm
