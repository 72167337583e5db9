"""The report of style: every finding in its place, and the figures of each file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path as File
from typing import NamedTuple

from zelfscan.banks.document import Mark
from zelfscan.banks.loader import Shelf, files_in, read_file
from zelfscan.banks.picks import fill_picks, has_picks
from zelfscan.banks.problems import Path, Problem
from zelfscan.banks.style.readability import flesch_douma, score_of
from zelfscan.banks.style.texts import DutchText, dutch_texts, prose_of, sentences, words
from zelfscan.banks.style.told import told
from zelfscan.banks.style.wording import LONGEST_SENTENCE, Said, remarks

LOWEST_SCORE = 70
"""The score of all the sentences of a file together at least: `fairly easy` in Douma's table. Level B1 begins at about
60, syllables are counted up to 5 points too kindly, and who finds reading hard has to answer as well."""

SAMPLE = 100
"""Words from which a file is judged: the size of the samples for which the formula was made."""

LOWEST_TEXT_SCORE = 45
"""The score of one text at least: below it Douma's table says `hard`. It is two spreads of 12 points, in a text of
`JUDGED_FROM` words, under `LOWEST_SCORE`, so that chance is no finding."""

JUDGED_FROM = 25
"""Words from which a text is judged by itself: below it, one syllable moves the score by more than 3 points."""


@dataclass(frozen=True, order=True)
class Finding(Problem):
    """A remark about style in its place; otherwise as a `Problem`."""

    def text(self, language: str) -> str:
        """Return what is the matter and how to mend it, in Dutch (`nl`) or else in English."""
        return told(self.code, language).format_map(dict(self.params))


class Summary(NamedTuple):
    """The figures of a file.

    Attributes:
        file: as the user named it.
        score: Flesch-Douma of its sentences, with those that it picks from the library; None: it has none.
        sentences: how many there are in its texts, the library's included.
        long_sentences: those over `LONGEST_SENTENCE` words.
        findings: remarks at this file itself.
    """

    file: str
    score: float | None
    sentences: int
    long_sentences: int
    findings: int


class StyleReport(NamedTuple):
    """What `check_style` finds: the findings by file and line, and the figures of each file with Dutch texts."""

    findings: list[Finding]
    summaries: list[Summary]


class _Located(NamedTuple):
    mark: Mark
    path: Path
    said: Said


def check_style(paths: Iterable[File], folders: Iterable[File] = ()) -> StyleReport:
    """Check how the Dutch texts of files read. A file that is no YAML has no texts; `check_files` tells about it.

    Args:
        paths: files, or folders, as for `zelfscan.banks.loader.check_files`. A text that a bank picks from the library
            counts for the figures of the bank; what there is to say about it is said at the library.
        folders: folders whose skill library counts, beside the one that lies with a bank.
    """
    files = dict.fromkeys(file for path in paths for file in files_in(File(path)))
    shelf = Shelf(folders)
    judged = [_judged(file, shelf) for file in files]
    findings = sorted(finding for found, _ in judged for finding in found)
    return StyleReport(findings, [summary for _, summary in judged if summary.sentences])


def _judged(file: File, shelf: Shelf) -> tuple[list[Finding], Summary]:
    document = read_file(file)
    own = list(dutch_texts(document.root))
    if has_picks(document):
        fill_picks(document, shelf.skills_for(file))
    read = list(dutch_texts(document.root))
    located = _remarks_on(own, read)
    findings = [Finding(str(file), *mark, document.describe(path), *said) for mark, path, said in located]
    return findings, _summary(str(file), read, len(located))


def _remarks_on(own: list[DutchText], read: list[DutchText]) -> list[_Located]:
    """Return the remarks on the texts of a file, and on all that its reader reads together."""
    found = [_Located(one.mark, one.path, said) for one in own for said in (*remarks(one), *_too_hard(one))]
    score = score_of(read)
    if score is not None and score < LOWEST_SCORE and len(words(prose_of(read))) >= SAMPLE:
        found.append(_Located(Mark(1, 1), (), Said("hard_bank", {"score": round(score), "limit": LOWEST_SCORE})))
    return found


def _too_hard(one: DutchText) -> Iterator[Said]:
    if len(words(one.text)) >= JUDGED_FROM and (score := flesch_douma(one.text)) < LOWEST_TEXT_SCORE:
        yield Said("hard_text", {"score": round(score), "limit": LOWEST_TEXT_SCORE})


def _summary(file: str, read: list[DutchText], findings: int) -> Summary:
    found = [sentence for one in read for sentence in sentences(one.text)]
    too_long = sum(len(words(sentence)) > LONGEST_SENTENCE for sentence in found)
    return Summary(file, score_of(read), len(found), too_long, findings)
