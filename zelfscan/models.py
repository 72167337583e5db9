"""Every table in one import, for migrations and tests."""

from zelfscan.organisations.auditlog import AuditEvent
from zelfscan.organisations.models import Account, Assignment, Installation, Organisation, Unit
from zelfscan.outcome.models import VaultEntry
from zelfscan.rounds.invitations.models import PersonalInvitation, ShownParticipation, UsedInvitation
from zelfscan.rounds.models import Ballot, BankVersion, ReleasedGroup, Round, RoundBank, RoundLink
from zelfscan.scan.models import Draft

__all__ = [
    "Account",
    "Assignment",
    "AuditEvent",
    "Ballot",
    "BankVersion",
    "Draft",
    "Installation",
    "Organisation",
    "PersonalInvitation",
    "ReleasedGroup",
    "Round",
    "RoundBank",
    "RoundLink",
    "ShownParticipation",
    "Unit",
    "UsedInvitation",
    "VaultEntry",
]
