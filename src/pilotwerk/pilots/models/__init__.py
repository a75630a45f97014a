"""Tables of the pilots. What the database can guarantee, it guarantees."""

from pilotwerk.pilots.models.autonomy import (
    Absence,
    Cause,
    HumanControl,
    LevelPeriod,
    Promotion,
    Reminder,
    Step,
)
from pilotwerk.pilots.models.cases import (
    AUTONOMY,
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
from pilotwerk.pilots.models.observations import (
    CaseOutcome,
    PlantedCheck,
    QualityCheck,
    SecondCheck,
    Sitting,
)
from pilotwerk.pilots.models.pilots import ModelState, ModelVersion, Pilot, SourceKind, TargetKind
from pilotwerk.pilots.models.recipes import OptOut, PilotTable

__all__ = [
    "AUTONOMY",
    "SENDING",
    "Absence",
    "Case",
    "CaseOutcome",
    "Cause",
    "Closed",
    "Connection",
    "ConnectionKind",
    "ConnectionState",
    "Decision",
    "DecisionKind",
    "Delivery",
    "DeliveryState",
    "HumanControl",
    "LevelPeriod",
    "Mail",
    "ModelState",
    "ModelVersion",
    "OptOut",
    "Pilot",
    "PilotTable",
    "PlantedCheck",
    "Promotion",
    "Proposal",
    "QualityCheck",
    "RejectReason",
    "Reminder",
    "SecondCheck",
    "Sitting",
    "Source",
    "SourceKind",
    "Step",
    "TargetKind",
]
