from pathlib import Path

import pytest

from zelfscan.banks.schema import Bank
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.tables import Label, Table, read_table

LABEL = Label("soort", ("x", "y"))


def write(folder: Path, content: str) -> Path:
    path = folder / "a.csv"
    path.write_text(content, encoding="utf-8")
    return path


def problems(path: Path, bank: Bank, label: Label | None = None) -> list[str]:
    with pytest.raises(AnswersError) as caught:
        read_table(path, bank, label)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_empty_cell_is_missing_and_empty_line_is_nobody(tmp_path: Path, bank: Bank, delimiter: str) -> None:
    content = "apps.openen,apps.alarm,weten.veilig\n3,,a|b\n\n , ja ,\n".replace(",", delimiter)
    assert read_table(write(tmp_path, content), bank) == Table(
        ("apps.openen", "apps.alarm", "weten.veilig"), [(3, None, ["a", "b"]), (None, "ja", None)]
    )


def test_byte_order_mark_of_a_spreadsheet(tmp_path: Path, bank: Bank) -> None:
    assert read_table(write(tmp_path, "\ufeffapps.openen\n3\n"), bank).addresses == ("apps.openen",)


def test_file_with_only_a_header_has_no_rows(tmp_path: Path, bank: Bank) -> None:
    assert read_table(write(tmp_path, "apps.openen\n"), bank).rows == []


def test_label_column_is_taken_apart(tmp_path: Path, bank: Bank) -> None:
    table = read_table(write(tmp_path, "apps.openen,soort,apps.alarm\n3,x,ja\n,y,\n"), bank, LABEL)
    assert table == Table(("apps.openen", "apps.alarm"), [(3, "ja"), (None, None)], ("x", "y"))


def test_every_mistake_is_told_with_line_and_cell(tmp_path: Path, bank: Bank) -> None:
    path = write(tmp_path, "apps.openen,apps.alarn,apps.openen\n3,,9\n\n8\n")
    assert problems(path, bank) == [
        ":1:2: apps.alarn: bank `scoring_themes` does not have this question; `zelfscan bank show` lists every "
        "question. Did you mean `apps.alarm`?",
        ":1:3: apps.openen: this column is there twice. Take one out.",
        ":2:3: apps.openen: this cannot be an answer to this question. Choose one of 0, 1, 2, 3, 4, or leave it empty.",
        ":4:1: this line has 1 cells, the first line 3. Make them the same.",
        ":4:1: apps.openen: this cannot be an answer to this question. Choose one of 0, 1, 2, 3, 4, or leave it empty.",
    ]


def test_label_is_needed_for_everyone(tmp_path: Path, bank: Bank) -> None:
    assert problems(write(tmp_path, "soort,apps.openen\nz,3\n,3\n"), bank, LABEL) == [
        ":2:1: soort: this cannot stand in this column. Choose one of x, y.",
        ":3:1: soort: this cannot stand in this column. Choose one of x, y.",
    ]
    assert problems(write(tmp_path, "apps.openen\n3\n"), bank, LABEL) == [":1:1: column `soort` is missing. Add it."]


def test_label_column_is_unknown_when_no_label_is_asked_for(tmp_path: Path, bank: Bank) -> None:
    (problem,) = problems(write(tmp_path, "soort\nx\n"), bank)
    assert "does not have this question" in problem


def test_empty_file(tmp_path: Path, bank: Bank) -> None:
    assert problems(write(tmp_path, "\n"), bank)[0].startswith(":1:1: the file is empty.")


def test_quote_that_is_left_open(tmp_path: Path, bank: Bank) -> None:
    (problem,) = problems(write(tmp_path, 'apps.openen\n"3\n'), bank)
    assert "this line is not CSV" in problem
