"""From pydantic's errors to mistakes: the parts that no bank on file reaches."""

from pydantic_core import ErrorDetails

from zelfscan.banks.schema import Bank, MaterialList
from zelfscan.banks.schema_errors import field_names, mistake
from zelfscan.banks.source import read


def test_an_error_that_is_not_foreseen_is_told_in_the_words_of_pydantic() -> None:
    detail: ErrorDetails = {"type": "new_type", "loc": ("minutes",), "msg": "Too new", "input": 1}
    told = mistake(detail, read("minutes: 1"), Bank)
    assert (told.path, told.code, told.params) == (("minutes",), "invalid", {"detail": "Too new"})


def test_the_known_fields_follow_the_path() -> None:
    question = ("themes", 0, "questions", 3)
    assert field_names(Bank, ())[:2] == ["bank", "title"]
    assert "show_if" in field_names(Bank, question)
    assert field_names(Bank, (*question, "options", 1)) == ["value", "label"]
    assert field_names(Bank, ("scales", "can", 0)) == ["value", "label"]
    assert field_names(Bank, ("levels", 0)) == ["id", "label", "from"]
    assert "is" in field_names(Bank, (*question, "show_if", "all", 0, "any", 1))
    assert "result" in field_names(MaterialList, ("materials", 0))
