"""Every table in one import, for migrations and tests."""

from zelfscan.organisations.models import Account, Assignment, Installation, Organisation, Unit
from zelfscan.outcome.models import VaultEntry
from zelfscan.rounds.models import Ballot, BankVersion, ReleasedGroup, Round, RoundBank, RoundLink
from zelfscan.scan.models import Draft

__all__ = [
    "Account",
    "Assignment",
    "Ballot",
    "BankVersion",
    "Draft",
    "Installation",
    "Organisation",
    "ReleasedGroup",
    "Round",
    "RoundBank",
    "RoundLink",
    "Unit",
    "VaultEntry",
]
