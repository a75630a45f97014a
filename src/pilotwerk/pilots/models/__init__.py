"""Tables of the pilots. What the database can guarantee, it guarantees."""

from pilotwerk.pilots.models.cases import (
    SENDING,
    Case,
    Closed,
    Decision,
    DecisionKind,
    Delivery,
    DeliveryState,
    Proposal,
    RejectReason,
    Source,
)
from pilotwerk.pilots.models.connections import Connection, ConnectionKind, ConnectionState, Mail
from pilotwerk.pilots.models.observations import CaseOutcome, QualityCheck, Sitting
from pilotwerk.pilots.models.pilots import ModelState, ModelVersion, Pilot, SourceKind, TargetKind
from pilotwerk.pilots.models.recipes import OptOut, PilotTable

__all__ = [
    "SENDING",
    "Case",
    "CaseOutcome",
    "Closed",
    "Connection",
    "ConnectionKind",
    "ConnectionState",
    "Decision",
    "DecisionKind",
    "Delivery",
    "DeliveryState",
    "Mail",
    "ModelState",
    "ModelVersion",
    "OptOut",
    "Pilot",
    "PilotTable",
    "Proposal",
    "QualityCheck",
    "RejectReason",
    "Sitting",
    "Source",
    "SourceKind",
    "TargetKind",
]
