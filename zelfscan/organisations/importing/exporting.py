"""Writing an organisation as a file of the shape that can be imported, without passwords."""

from collections.abc import Iterator

from zelfscan.banks.exchange.spreadsheet import Table, comma_separated, workbook
from zelfscan.organisations.importing.content import Role
from zelfscan.organisations.importing.planning import Present
from zelfscan.organisations.importing.showing import place
from zelfscan.organisations.importing.words import say
from zelfscan.spreadsheets import cleaned

COLUMNS = ("location", "team", "email", "role")
ENDINGS = (".csv", ".xlsx")


def written(table: Table, ending: str) -> bytes:
    """A table as a file with this ending, one of `ENDINGS`."""
    return comma_separated(table) if ending == ".csv" else workbook([table])


def organisation_table(present: Present, language: str) -> Table:
    """An organisation as one table: managers of the whole first, then each location with its managers and teams."""
    rows = [[cleaned(cell) for cell in row] for row in _rows(present, language)]
    return Table("teams", [say(column, language) for column in COLUMNS], rows)


def left_out(present: Present, language: str) -> list[str]:
    """What a file cannot tell: a role on another kind of unit than its own, and accounts without a role."""
    others = [
        f"{email} ({say(role, language)}, {place((location, team), language)})"
        for (email, location, team), role in sorted(present.other_roles.items())
    ]
    with_role = {role.email for role in present.roles} | {email for email, _, _ in present.other_roles}
    return [*others, *(f"{email} ({say('no_roles', language)})" for email in sorted(present.accounts - with_role))]


def _rows(present: Present, language: str) -> Iterator[tuple[str, ...]]:
    below: dict[tuple[str, str], list[Role]] = {}
    for role in sorted(present.roles):
        below.setdefault((role.location, role.team), []).append(role)
    teams: dict[str, list[str]] = {location: [] for location in present.locations}
    for location, team in sorted(present.teams):
        teams[location].append(team)
    yield from (_row(role, language) for role in below.get(("", ""), ()))
    for location in sorted(teams):
        yield from (_row(role, language) for role in below.get((location, ""), ()))
        if not teams[location] and (location, "") not in below:
            yield (location, "", "", "")
        for team in teams[location]:
            yield from [_row(role, language) for role in below.get((location, team), ())] or [(location, team, "", "")]


def _row(role: Role, language: str) -> tuple[str, ...]:
    return (role.location, role.team, role.email, say(role.role, language))
