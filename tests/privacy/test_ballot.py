"""What a ballot says, and which bytes are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zelfscan.privacy.ballot import BallotContent

choices = st.dictionaries(st.text(), st.none() | st.text())


@given(st.text(), choices, choices)
def test_a_ballot_survives_the_way_to_bytes_and_back(
    unit: str, values: dict[str, str | None], background: dict[str, str | None]
) -> None:
    ballot = BallotContent(unit, values, background)
    assert BallotContent.from_bytes(ballot.to_bytes()) == ballot


def test_equal_ballots_have_equal_bytes() -> None:
    one = BallotContent("t", {"a": "1", "b": None})
    other = BallotContent("t", {"b": None, "a": "1"})
    assert one.to_bytes() == other.to_bytes() == b'{"background":{},"unit":"t","values":{"a":"1","b":null}}'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b'{"unit":"t","values":{}}',
        b'{"unit":7,"values":{},"background":{}}',
        b'{"unit":"t","values":[],"background":{}}',
        b'{"unit":"t","values":{"a":1},"background":{}}',
        b'{"unit":"t","values":{},"background":{"a":["b"]}}',
        b'{"unit":"t","values":{},"background":{},"name":"x"}',
    ],
)
def test_other_bytes_are_no_ballot(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not a ballot$"):
        BallotContent.from_bytes(content)


def test_a_ballot_does_not_show_itself_in_a_log() -> None:
    assert repr(BallotContent("team", {"digitype": "analoge_idealist"})) == "BallotContent()"
