import os
import threading
import tracemalloc
from pathlib import Path

import pytest

from zelfscan.banks.schema import Bank
from zelfscan.scoring import tables
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.tables import MISTAKES, PEOPLE, Label, Table, read_parts, read_table

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


def test_many_people_come_in_parts_in_the_order_of_the_file(tmp_path: Path, bank: Bank) -> None:
    values = [n % 5 for n in range(2 * PEOPLE + 1)]
    path = write(tmp_path, "apps.openen\n" + "\n".join(map(str, values)))
    shares: list[float] = []
    parts = list(read_parts(path, bank, moved=shares.append))
    assert [len(part.rows) for part in parts] == [PEOPLE, PEOPLE, 1]
    assert [row for part in parts for row in part.rows] == [(value,) for value in values]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_labels_come_in_parts_too(tmp_path: Path, bank: Bank) -> None:
    path = write(tmp_path, "apps.openen,soort\n" + "3,x\n" * PEOPLE + "2,y\n")
    assert read_table(path, bank, LABEL).labels == ("x",) * PEOPLE + ("y",)


def test_a_mistake_on_the_last_line_is_told_before_anything_is_given(tmp_path: Path, bank: Bank) -> None:
    path = write(tmp_path, "apps.openen\n" + "3\n" * PEOPLE + "9\n")
    with pytest.raises(AnswersError) as caught:
        next(read_parts(path, bank))
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(PEOPLE + 2, 1)]


def test_mistakes_are_listed_up_to_a_bound(tmp_path: Path, bank: Bank) -> None:
    path = write(tmp_path, "apps.openen\n" + "9\n" * (MISTAKES + 50))
    with pytest.raises(AnswersError) as caught:
        read_table(path, bank)
    *listed, last = caught.value.problems
    assert [problem.line for problem in listed] == list(range(2, MISTAKES + 2))
    assert last.line == MISTAKES + 2
    assert last.text("nl") == "vanaf hier staan er meer fouten. Verbeter eerst die hierboven."


def test_mistakes_before_a_quote_that_is_left_open_are_told_too(tmp_path: Path, bank: Bank) -> None:
    first, second = problems(write(tmp_path, 'apps.openen,nergens\n3,\n"3\n'), bank)
    assert "does not have this question" in first
    assert "this line is not CSV" in second


def test_bytes_that_are_no_utf8_far_down_the_file(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"apps.openen\n" + b"3\n" * 20_000 + b"\xff\n")
    (problem,) = problems(path, bank)
    assert problem.startswith(":1:1: this file is not UTF-8.")


def test_a_missing_file(tmp_path: Path, bank: Bank) -> None:
    (problem,) = problems(tmp_path / "none.csv", bank)
    assert "cannot be read (No such file or directory)" in problem


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line(tmp_path: Path, bank: Bank, end: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(end.join(["apps.openen;apps.alarm", "3;ja", "", "2;"]).encode())
    assert read_table(path, bank).rows == [(3, "ja"), (2, None)]


def test_a_pipe_that_can_be_read_only_once(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("apps.openen\n3\n2\n",))
    writer.start()
    assert read_table(path, bank).rows == [(3,), (2,)]
    writer.join()


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PEOPLE", 1)
    path = write(tmp_path, "apps.openen\n" + "3\n" * 50_000)
    parts = read_parts(path, bank)
    assert next(parts).rows == [(3,)]
    with path.open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"9")
    with pytest.raises(AnswersError, match="this cannot be an answer"):
        list(parts)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, bank: Bank) -> None:
    peaks = []
    for people in (PEOPLE, 10 * PEOPLE):
        path = write(tmp_path, "apps.openen,apps.alarm\n" + "3,ja\n" * people)
        tracemalloc.start()
        assert sum(len(part.rows) for part in read_parts(path, bank)) == people
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
