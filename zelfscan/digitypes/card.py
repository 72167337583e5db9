"""The model card, and the figures of an evaluation as text (Markdown, readable as it is)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from zelfscan.digitypes.classifier import MARGIN, MINIMUM_ANSWERS, MINIMUM_FACETS
from zelfscan.digitypes.types import TYPES

Facts = Mapping[str, Any]

HEAD = """# Model card: the digitype classifier

`digitype.skops` estimates which of four digitypes fits a care worker, from her answers to questions on four facets:
kennis (skill), motivatie (motivation), houding (attitude) and zelfbeeld (trust in oneself to learn).

**The questions, the scoring and this model are our own. They are not the test of Vilans, who described the types, and
they are not clinically validated. {evidence}**

In gewoon Nederlands: dit is onze eigen test. Hij is niet van Vilans en niet wetenschappelijk getoetst.
"""

USE = """## What it is for

A start for a conversation: with oneself, a digital coach or a team. The outcome belongs to the person who filled it
in. It is not for selecting, appraising or comparing people, and no decision about one person may rest on it.

## How it decides

1. Every answer is a score from 0 to 1. In each facet with n answers x the model takes the regressed score
   sum(x - 0.5) / (n + {prior:g}) and its reliability n / (n + {prior:g}).
2. A multinomial logistic regression turns these eight numbers into a probability per type. Missing answers move every
   facet towards the middle, so that fewer answers give wider probabilities.
3. The probabilities of the two best less than {margin:.2f} apart: 'between two types'. Fewer than {answers} answers,
   or answers to fewer than {facets} of the four facets: 'too few answers'.
4. Each answer adds its own exact part to the log-odds of the type against the runner-up; the outcome page shows the
   strongest.
"""

SIMULATED = """## What it was trained on

{people:,} simulated people (seed {seed}) who fill in bank `{bank}` (version {bank_hash:.12}), half of them once more
with answers taken away at random. `simulation.yaml` (sha256 {simulation:.12}) holds every assumption: the four types as
distributions over the facets, a graded response model per question, and six ways of filling in a form. Most numbers in
it are assumptions, and the figures below say how well the model does in that simulated world, not among care workers.
"""

LABELLED = """## What it was trained on

{people:,} people who filled in bank `{bank}` (version {bank_hash:.12}) and named their own type. The figures below are
cross-validated: each person was classified by a model that had not seen her.
"""

LIMITS = """## Where it fails

{found}
* People who do not fit one type: skilled but unwilling, or willing and able but without time. That is why the outcome
  shows the four facets beside the type.
* Studies among care workers mostly find ordered groups rather than four kinds of people, so that neighbours overlap.
* The types rest mostly on self-rating, which runs ahead of what people can do.
* Questions of other banks count as if they worked like those of bank `{bank}`.
* Nothing is known of real differences by age, language or background.

## Made again

`zelfscan digitype train {options}` gives the same file with scikit-learn {sklearn} and skops {skops}.
Its sha256 is `{model}`.
`docs/digitypes.md` explains how to change an assumption and train again.
"""


def model_card(facts: Facts) -> str:
    """The model card.

    Args:
        facts: the content of `digitype.json`.
    """
    labelled = facts["data"] == "labelled"
    evidence = (
        "It was fitted on people who named their own type themselves."
        if labelled
        else "No real labelled answers stood behind it: it was trained on simulated people."
    )
    data = (LABELLED if labelled else SIMULATED).format(**_named(facts))
    use = USE.format(prior=facts["prior"], margin=MARGIN, answers=MINIMUM_ANSWERS, facets=MINIMUM_FACETS)
    limits = LIMITS.format(
        found="\n".join(_findings(facts["figures"])),
        options="--labelled FILE" if labelled else f"--seed {facts['seed']} --people {facts['people']}",
        sklearn=facts["versions"]["scikit-learn"],
        skops=facts["versions"]["skops"],
        **_named(facts),
    )
    return "\n".join([HEAD.format(evidence=evidence), use, data, figures_text(facts["figures"]), "", limits])


def figures_text(figures: Facts) -> str:
    """The figures of an evaluation.

    Args:
        figures: `Quality.to_dict()` or `Evaluation.to_dict()`.
    """
    return "\n".join(_figure_lines(figures))


def _named(facts: Facts) -> dict[str, Any]:
    return {
        "people": facts["people"],
        "seed": facts["seed"],
        "bank": facts["bank"]["id"],
        "bank_hash": facts["bank"]["hash"],
        "simulation": facts["simulation"] or "",
        "model": facts["model"],
    }


def _figure_lines(figures: Facts) -> Iterator[str]:
    yield f"## How good it is ({figures['people']:,} people that it was not trained on)\n"
    yield from _table(("measure", "value"), _measures(figures))
    yield "\nAccuracy takes everyone's most likely type, also where the outcome is 'between' or 'too few answers'."
    yield "\nConfusion: true type (row) against most likely type (column), in people.\n"
    yield from _table(("true type", *TYPES), zip(TYPES, *zip(*figures["confusion"], strict=True), strict=True))
    yield "\nPer type.\n"
    quality = [(name, *map(_percent, each.values())) for name, each in figures["types"].items()]
    yield from _table(("type", "share", "predicted", "precision", "recall"), quality)
    yield "\nReliability: when it says so much per cent, how often is it right?\n"
    bins = [
        (each["people"], _percent(each["confidence"]), _percent(each["accuracy"])) for each in figures["reliability"]
    ]
    yield from _table(("people", "mean probability", "right"), bins)
    yield from _group_tables(figures)
    if "comparison" in figures:
        yield from _comparison(figures)
        yield from _elsewhere(figures)
        yield from _distribution(figures["distribution_error"])
        yield from _fairness(figures["fairness"])
        yield from _adaptive(figures["adaptive"])


def _comparison(figures: Facts) -> Iterator[str]:
    yield (
        "\nOther classifiers, from simple to complicated. Kept is the simplest within 1 percentage point of the best "
        f"possible, with an expected calibration error of at most 0.02: {figures['comparison']['chosen'] or 'none'}.\n"
    )
    rows = [
        (name, _percent(each["accuracy"]), _behind(each), _decimals(each["ece"]), _decimals(each["log_loss"]))
        for name, each in figures["comparison"]["candidates"].items()
    ]
    best = ("best possible (Bayes)", _percent(figures["bayes_accuracy"]), "0.0%", "-", "-")
    yield from _table(("classifier", "accuracy", "behind the best", "ECE", "log loss"), [*rows, best])
    yield "\nFour types against one low-to-high score (the mean of all answers).\n"
    yield from _table(("measure", "four facets", "one score"), _ordered(figures["ordered"]))
    yield (
        f"\nAlong one line lies {figures['ordered']['first_axis']:.0%} of the differences between the personas; in the "
        "last row they are moved onto that line, as studies that find ordered groups would have it."
    )


def _ordered(figures: Facts) -> Iterator[tuple[str, str, str]]:
    margin = f"{_percent(figures['four_facets'])} (difference ± {_percent(figures['margin'])})"
    yield "accuracy", margin, _percent(figures["one_score"])
    bits, one = figures["four_facets_bits"], figures["one_score_bits"]
    yield f"information on the type, of {figures['type_bits']:.2f} bits", f"{bits:.2f}", f"{one:.2f}"
    line, one_line = figures["ordered_world_four_facets"], figures["ordered_world_one_score"]
    yield "accuracy with the personas on one line", _percent(line), _percent(one_line)


FARES = ("people", "mean probability", "right", "ECE", "abstained")
"""Heads of the columns of `_fares`."""


def _elsewhere(figures: Facts) -> Iterator[str]:
    yield "\nBy response style, where everyone has it.\n"
    yield from _table(("style", *FARES), [(name, *_fares(each)) for name, each in figures["by_style"].items()])
    yield "\nBy share of the answers that is taken away.\n"
    missing = [(f"{float(share):.0%}", *_fares(each)) for share, each in figures["missing"].items()]
    yield from _table(("missing", *FARES), missing)
    yield from _shifted(figures["shifted"].values())
    yield from _moved_table(figures["moved"])


def _shifted(shifted: Iterable[Facts]) -> Iterator[str]:
    yield "\nBy share of starters (`analoge_idealist`), as it is, counted from everyone's type, and corrected.\n"
    shares = ("starters", "counted", "corrected")
    rows = [(*(_percent(each[key]) for key in shares), *_fares(each)) for each in shifted]
    yield from _table((*shares, *FARES), rows)


def _moved_table(moved: Facts) -> Iterator[str]:
    yield "\nWith one persona moved on every facet, in standard deviations; the best possible there on fewer people.\n"
    rows = [
        (name, *_fares(each), _percent(each["classifier"]), _percent(each["bayes_accuracy"]))
        for name, each in moved.items()
    ]
    yield from _table(("moved", *FARES, "right, of those fewer", "best possible"), rows)


def _distribution(errors: Facts) -> Iterator[str]:
    yield (
        "\nThe division of the types in a group with 5% to 60% starters: the share of people who would have to be of "
        "another type to make the estimate right. `counting` counts everyone's most likely type; `corrected` is "
        "`estimate_shares` on everyone's probabilities, or on the counted types alone.\n"
    )
    names = ("counting", "soft", "corrected", "corrected_labels")
    rows = [
        (size, each["groups"], *(_percent(each[name]) for name in names), _percent(each["margin"]))
        for size, each in errors.items()
    ]
    head = ("people", "groups", "counting", "mean of probabilities", "corrected", "corrected, from types alone")
    yield from _table((*head, "± of counting - corrected"), rows)


def _fairness(traits: Facts) -> Iterator[str]:
    yield (
        "\nFairness: simulated groups that differ only in how many there are of each type. `standardised` is the "
        "accuracy with the types in everyone's shares; it should be the same for all. The last two columns are the "
        "error of the division of the types. Whether real groups differ in more, only real answers can tell.\n"
    )
    rows = [
        (f"{trait}: {name}", *_fares(each), *_group(each))
        for trait, groups in traits.items()
        for name, each in groups.items()
    ]
    yield from _table(("group", *FARES, "standardised", "counting", "corrected"), rows)


def _group(figures: Facts) -> tuple[str, ...]:
    standardised = f"{figures['standardised']:.1%} ± {figures['standardised_margin']:.1%}"
    return standardised, _percent(figures["counting"]), _percent(figures["corrected"])


def _adaptive(figures: Facts | None) -> Iterator[str]:
    if figures is not None:
        yield (
            f"\nThe adaptive test asks {figures['median_questions']:g} questions (median) of "
            f"{figures['questions']}, and finds the same type as the full test for {figures['agreement']:.1%} of "
            f"{figures['people']:,} people; right for {figures['accuracy']:.1%}, the full test for "
            f"{figures['full_accuracy']:.1%}."
        )


def _fares(figures: Facts) -> tuple[object, ...]:
    right = f"{figures['accuracy']:.1%} ± {figures['margin']:.1%}"
    confidence, abstained = _percent(figures["confidence"]), _percent(figures["abstained"])
    return figures["people"], confidence, right, f"{figures['ece']:.3f}", abstained


def _behind(figures: Facts) -> str:
    return f"{figures['behind']:.1%} ± {figures['behind_margin']:.1%}"


def _decimals(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _moved(key: str) -> str:
    name, move = key.split()
    return f"`{name}` {abs(float(move)):g} standard deviation {'higher' if float(move) > 0 else 'lower'} on every facet"


def _group_tables(figures: Facts) -> Iterator[str]:
    for key, title in (
        ("verdicts", "By verdict; for 'between' either of the two types counts as right."),
        ("answered", "By number of answers, after taking answers away at random; each row starts at that number."),
    ):
        if key in figures:
            yield f"\n{title}\n"
            rows = [
                (name, each["people"], _percent(each["confidence"]), _percent(each["accuracy"]))
                for name, each in figures[key].items()
            ]
            yield from _table((key, "people", "mean probability", "right"), rows)


def _measures(figures: Facts) -> Iterator[tuple[str, str]]:
    yield "accuracy", f"{figures['accuracy']:.1%} ± {figures['margin']:.1%}"
    if "bayes" in figures:
        best = figures["bayes"]
        yield (
            "best possible in the simulation (Bayes)",
            f"{figures['bayes_accuracy']:.1%} ± {best['margin']:.1%}; the classifier is {_behind(best)} behind",
        )
    yield "nearest prototype (baseline)", _percent(figures["prototype_accuracy"])
    yield "expected calibration error (ECE)", f"{figures['ece']:.3f}"
    yield "log loss", f"{figures['log_loss']:.3f}"
    yield "abstained ('between' or 'too few answers')", _percent(figures["abstained"])


def _findings(figures: Facts) -> Iterator[str]:
    """Where this model does worst, from its own figures."""
    weakest = min(TYPES, key=lambda name: figures["types"][name]["recall"] or 0)
    recall = figures["types"][weakest]["recall"] or 0
    wrong = 1 - figures["accuracy"]
    yield f"* About {wrong:.0%} of people get another type than their own; mostly a neighbour."
    yield f"* `{weakest}` is recognised least: {recall:.0%} of them."
    if "styles" in figures:
        usual = figures["styles"].get("regular", figures["accuracy"])
        for name, accuracy in figures["styles"].items():
            if usual - accuracy > 0.02:
                yield f"* Response style {name}: right for {accuracy:.0%}, against {usual:.0%} when regular."
        yield from _findings_elsewhere(figures)


def _findings_elsewhere(figures: Facts) -> Iterator[str]:
    """Where it does worst in other worlds than it learned from."""
    name, worst = min(figures["moved"].items(), key=lambda entry: entry[1]["accuracy"])
    yield f"* Were {_moved(name)}, it would be right for {worst['accuracy']:.0%}."
    starters, shifted = list(figures["shifted"].items())[-1]
    yield (
        f"* In a group with {float(starters):.0%} starters, counting everyone's type finds {shifted['counted']:.0%}; "
        f"`estimate_shares` finds {shifted['corrected']:.0%}."
    )
    small = figures["distribution_error"]["8"]
    yield (
        f"* Of 8 people it says little about the division of the types: {small['corrected']:.0%} of them would have "
        "to be of another type, on average, to make the estimate right."
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table whose columns line up."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    for row in (head, ["-" * width for width in widths], *cells):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
