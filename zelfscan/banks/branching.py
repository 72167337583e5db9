"""Which questions are asked, given the answers so far: `show_if`, with a closed list of operators.

A comparison looks at the answer to one earlier question:

* `is`: the answer is one of the values; where several can be chosen, one of the chosen is;
* `is_not`: there is an answer, and it is none of the values; where several can be chosen, none of the chosen is;
* `at_least`, `at_most`: the answer is a number that is not below, or not above, the bound;
* `answered`: true asks for an answer, false for none.

A question that is not asked, one that has no answer yet and one that was skipped (`None`) all have no answer. Then
only `answered: false` holds. `is_not` does not hold either: a follow-up question is about what someone said, so
nothing follows from silence. An author who wants it shown writes `any: [{answered: false}, {is_not: ...}]`.
`all` holds when each condition in it does, `any` when at least one does.
"""

from zelfscan.banks.schema import Answers, Bank, ShowIf, Value, When


def visible(bank: Bank, answers: Answers) -> tuple[str, ...]:
    """Return the addresses of the questions that are asked, in the order of the bank.

    Args:
        bank: the bank, as the loader gives it: conditions are about earlier questions only.
        answers: the answers so far by address; answers to questions that turn out not to be asked do not count.
    """
    return tuple(_asked(bank, answers))


def counted_answers(bank: Bank, answers: Answers) -> dict[str, Value]:
    """Return the answers to questions that are asked, without those that were skipped."""
    found = ((address, answers.get(address)) for address in _asked(bank, answers))
    return {address: answer for address, answer in found if answer is not None}


def _asked(bank: Bank, answers: Answers) -> list[str]:
    asked: list[str] = []
    counted: dict[str, Value] = {}
    for address, _, question in bank.items():
        if question.show_if is None or _holds(question.show_if, counted):
            asked.append(address)
            answer = answers.get(address)
            if answer is not None:
                counted[address] = answer
    return asked


def _holds(condition: ShowIf, answers: dict[str, Value]) -> bool:
    if condition.all is not None:
        return all(_holds(below, answers) for below in condition.all)
    if condition.any is not None:
        return any(_holds(below, answers) for below in condition.any)
    return compares(condition, answers.get(condition.question or ""))


def compares(condition: ShowIf | When, answer: Value | None) -> bool:
    """Return whether a comparison holds for an answer; None: there is none."""
    if condition.answered is not None:
        return condition.answered == (answer is not None)
    if answer is None:
        return False
    values = set(answer) if isinstance(answer, list) else {answer}
    if condition.is_ is not None:
        return not values.isdisjoint(condition.is_)
    if condition.is_not is not None:
        return values.isdisjoint(condition.is_not)
    return isinstance(answer, int) and _within(answer, condition)


def _within(answer: int, condition: ShowIf | When) -> bool:
    if condition.at_least is not None:
        return answer >= condition.at_least
    return condition.at_most is not None and answer <= condition.at_most
