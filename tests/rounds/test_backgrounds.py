"""Background questions: a closed list, asked if the round says so, and never too large for a ballot."""

import pytest
from click.testing import CliRunner

from tests.support import TODAY, World, bank_text
from zelfscan.banks.loader import parse_bank
from zelfscan.banks.schema import Bank
from zelfscan.cli import cli
from zelfscan.privacy.release import Measure
from zelfscan.privacy.sealing import BALLOT_SIZE, new_round_keys, open_ballot, seal_ballot
from zelfscan.rounds.backgrounds import backgrounds_of, known_backgrounds, measures_for
from zelfscan.rounds.measures import ballot_content, largest_ballot
from zelfscan.rounds.models import ReleasedGroup, Round
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import RoundError, open_round

LONGEST_KEY = ReleasedGroup.__table__.c.key.type.length


def bank(name: str = "mini") -> Bank:
    return parse_bank(bank_text(name), f"{name}.yaml")


def open_another(world: World, *backgrounds: str, asks: str = "mini") -> str:
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    asked = [bank(asks)]
    return open_round(
        here.database, here.settings, organisation, "Met achtergrond", asked, TODAY, backgrounds=backgrounds
    )


def test_the_list_is_closed_and_its_classes_are_wide() -> None:
    assert [(measure.id, len(measure.categories)) for measure in measures_for(known_backgrounds())] == [
        ("age", 3),
        ("function", 4),
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_text_is_there_in_both_languages(language: str) -> None:
    for background in known_backgrounds().values():
        texts = [background.title, background.question, *(t for c in background.categories for t in (c.name, c.label))]
        assert all(text.root.get(language) for text in texts)


def test_a_category_has_a_short_name() -> None:
    age = known_backgrounds()["age"]
    assert age.name_of("from_55", "nl") == "55 of ouder"
    assert age.name_of("from_55", "en") == "55 or older"


def test_the_key_of_a_crossing_fits_its_column() -> None:
    keys = [f"{'0' * 32}/{m.id}={category}" for m in measures_for(known_backgrounds()) for category in m.categories]
    assert max(map(len, keys)) <= LONGEST_KEY


def test_a_round_keeps_what_it_asks(world: World) -> None:
    round_id = open_another(world, "function")
    with world.installation.database.read() as session:
        round_ = session.get_one(Round, round_id)
        assert [measure.id for measure in backgrounds_of(round_)] == ["function"]
        assert backgrounds_of(session.get_one(Round, world.round_id)) == []


def test_a_link_says_what_its_round_asks(world: World) -> None:
    round_id = open_another(world, "age", "function")
    with world.installation.database.read() as session:
        world.tokens = {team: token for _, team, token in links_of(session, round_id)}
    link = world.link("Anemoon")
    assert backgrounds_of(link) == measures_for(("age", "function"))
    assert all(isinstance(measure, Measure) for measure in backgrounds_of(link))


@pytest.mark.parametrize(
    ("asked", "asks", "message"),
    [
        (("shoe",), "mini", "age, function"),
        (("age", "age"), "mini", "at most once"),
        (("age",), "route", "nothing of these banks is counted"),
    ],
)
def test_what_cannot_be_asked_is_refused(sqlite_world: World, asked: tuple[str, ...], asks: str, message: str) -> None:
    with pytest.raises(RoundError, match=message):
        open_another(sqlite_world, *asked, asks=asks)


def test_a_ballot_holds_the_background_and_keeps_its_length() -> None:
    private, public = new_round_keys()
    everything = largest_ballot([bank()], measures_for(known_backgrounds()))
    nothing = ballot_content("team", [bank()], None, {}, {"age": None, "function": None})
    sealed = [seal_ballot(public, content, "r", b"i" * 32) for content in (everything, nothing)]
    assert [len(blob) for blob in sealed] == [BALLOT_SIZE] * 2
    assert open_ballot(private, sealed[0], "r", b"i" * 32).background == {
        "age": "35_to_54",
        "function": "level_4_up",
    }
    assert open_ballot(private, sealed[1], "r", b"i" * 32).background == {"age": None, "function": None}


def test_the_command_asks_backgrounds(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    words = ["round", "open", "--organisation", "Testzorg", "--title", "Twee", "--bank", "digitype"]
    assert "'shoe' is not one of 'age', 'function'" in CliRunner().invoke(cli, [*words, "--background", "shoe"]).output
    opened = CliRunner().invoke(cli, [*words, "--background", "age", "--background", "function"])
    assert opened.exit_code == 0, opened.output
    with sqlite_world.installation.database.read() as session:
        round_ = session.query(Round).filter_by(title="Twee").one()
    assert round_.backgrounds == ["age", "function"]
