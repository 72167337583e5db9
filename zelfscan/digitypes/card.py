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
* Nothing is known of differences by age, language or background.

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


def _group_tables(figures: Facts) -> Iterator[str]:
    for key, title in (
        ("verdicts", "By verdict; for 'between' either of the two types counts as right."),
        ("styles", "By response style."),
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
            f"best possible in the simulation (Bayes, {best['people']:,} people)",
            f"{best['accuracy']:.1%} ± {best['margin']:.1%}; the classifier on them {best['classifier']:.1%}",
        )
    yield "nearest prototype (baseline)", _percent(figures["prototype"])
    yield "expected calibration error", f"{figures['calibration_error']:.3f}"
    yield "log loss", f"{figures['log_loss']:.3f}"
    abstained = sum(group["people"] for name, group in figures["verdicts"].items() if name in ("between", "too_few"))
    yield "abstained ('between' or 'too few answers')", _percent(abstained / figures["people"])


def _findings(figures: Facts) -> Iterator[str]:
    """Where this model does worst, from its own figures."""
    weakest = min(TYPES, key=lambda name: figures["types"][name]["recall"] or 0)
    recall = figures["types"][weakest]["recall"] or 0
    wrong = 1 - figures["accuracy"]
    yield f"* About {wrong:.0%} of people get another type than their own; mostly a neighbour."
    yield f"* `{weakest}` is recognised least: {recall:.0%} of them."
    if "styles" in figures:
        usual = figures["styles"].get("regular", figures)["accuracy"]
        for name, group in figures["styles"].items():
            if usual - group["accuracy"] > 0.02:
                yield f"* Response style {name}: right for {group['accuracy']:.0%}, against {usual:.0%} when regular."


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table whose columns line up."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    for row in (head, ["-" * width for width in widths], *cells):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
