"""The personal code: its shape, its check syllable, how forgiving it is typed, and the keys that follow from it."""

import hashlib
import hmac
import itertools
import math
import pickle
import traceback

import numpy as np
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from zelfscan.privacy import code as code_module
from zelfscan.privacy.code import (
    CHECK_MODULUS,
    CONSONANTS,
    SYLLABLE_COUNT,
    UNWANTED,
    VOWELS,
    WEIGHTS,
    CodeKeys,
    CodeTypo,
    derive,
    new_code,
    normalise,
)

CODE = "dor-lef-pim-wak-tus-nog-bun"
SALT = bytes(range(16))
PEPPER = bytes(range(32, 64))
ROOT = bytes.fromhex("00" * 31 + "01")


def letters_of(code: str) -> list[str]:
    return list(code.replace("-", ""))


def joined(letters: list[str]) -> str:
    return "".join(letters)


def reason(text: str) -> str | None:
    try:
        normalise(text)
    except CodeTypo as typo:
        return typo.reason
    return None


def codes(number: int) -> list[str]:
    return [new_code() for _ in range(number)]


def test_a_code_has_seven_syllables_of_the_alphabet() -> None:
    for code in codes(200):
        syllables = code.split("-")
        assert len(syllables) == 7
        assert UNWANTED.isdisjoint(syllables)
        for first, middle, last in syllables:
            assert first in CONSONANTS
            assert middle in VOWELS
            assert last in CONSONANTS


def test_codes_hold_as_much_chance_as_promised() -> None:
    assert (len(set(CONSONANTS)), len(set(VOWELS))) == (16, 5)
    assert set("cqvx").isdisjoint(CONSONANTS)
    assert math.log2(SYLLABLE_COUNT) * 6 == pytest.approx(61.9, abs=0.05)
    refused = 7 * math.log2(SYLLABLE_COUNT / (SYLLABLE_COUNT - len(UNWANTED)))
    assert refused < 0.07


def test_every_syllable_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(range(SYLLABLE_COUNT * 6))
    monkeypatch.setattr(code_module.secrets, "randbelow", lambda bound: next(drawn) % bound)
    monkeypatch.setattr(code_module, "UNWANTED", frozenset())
    seen = {syllable for _ in range(SYLLABLE_COUNT) for syllable in new_code().split("-")[:6]}
    assert len(seen) == SYLLABLE_COUNT


def test_a_code_with_an_unwanted_syllable_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    unwanted = code_module._number("kak")
    drawn = iter([unwanted, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    monkeypatch.setattr(code_module.secrets, "randbelow", lambda _: next(drawn))
    assert new_code().startswith("bab-bad-baf")


def test_every_wrong_letter_is_noticed() -> None:
    for code in codes(20):
        for place, letter in enumerate(letters_of(code)):
            for other in set(VOWELS if place % 3 == 1 else CONSONANTS) - {letter}:
                changed = letters_of(code)
                changed[place] = other
                assert reason(joined(changed)) == "check"


def test_every_exchange_of_two_different_letters_is_noticed() -> None:
    for code in codes(20):
        letters = letters_of(code)
        for one, other in itertools.combinations(range(21), 2):
            changed = list(letters)
            changed[one], changed[other] = letters[other], letters[one]
            same_kind = (letters[one] in VOWELS) == (letters[other] in VOWELS)
            if letters[one] == letters[other]:
                assert reason(joined(changed)) is None
            else:
                assert reason(joined(changed)) == ("check" if same_kind else "letters")


def test_two_syllables_that_change_places_are_noticed_but_for_one_pair() -> None:
    weights = [*WEIGHTS, -1]
    differences = np.subtract.outer(np.arange(SYLLABLE_COUNT), np.arange(SYLLABLE_COUNT))
    for one, other in itertools.combinations(range(7), 2):
        unseen = (weights[one] - weights[other]) * differences % CHECK_MODULUS == 0
        np.fill_diagonal(unseen, False)
        assert np.argwhere(unseen).tolist() == [[0, 1279], [1279, 0]]
    assert (code_module._syllable(0), code_module._syllable(1279)) == ("bab", "zuz")


def test_exchanged_syllables_are_noticed_in_whole_codes() -> None:
    for code in codes(50):
        syllables = code.split("-")
        for place in range(6):
            changed = list(syllables)
            changed[place : place + 2] = reversed(changed[place : place + 2])
            assert reason("".join(changed)) == (None if changed == syllables else "check")


def test_one_check_syllable_in_1280_fits() -> None:
    body = CODE[:-3]
    fitting = [number for number in range(SYLLABLE_COUNT) if reason(body + code_module._syllable(number)) is None]
    assert len(fitting) == 1
    assert body + code_module._syllable(fitting[0]) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.upper(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        CODE.replace("-", "."),
        CODE.replace("-", "\u2013"),
        CODE.replace("-", " \u2014 "),
        CODE.replace("-", "\u2011"),
        CODE.replace("-", "\u2212"),
        CODE.replace("-", "\u00ad-"),
        CODE.replace("-", "\r\n"),
        CODE.replace("-", "_/·"),
        f"  \t{CODE}\n\n",
        f"\u201c{CODE}\u201d.",
        f"({CODE})",
        "\ufeff" + CODE.replace("-", "\u200b"),
        CODE.replace("e", "é").replace("o", "ö"),
        "".join(chr(ord(letter) + 0xFEE0) for letter in CODE.replace("-", "")),
        " ".join(CODE),
    ],
)
def test_typing_is_forgiving(typed: str) -> None:
    assert normalise(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "length"),
        ("dor", "length"),
        (CODE[:-1], "length"),
        (CODE + "-bab", "length"),
        (CODE.replace("d", "c"), "letters"),
        (CODE.replace("o", "0"), "letters"),
        ("odr" + CODE[3:], "letters"),
        ("ж" * 21, "letters"),
        ("dor" * 7, "check"),
    ],
)
def test_a_typo_says_what_kind_it_is(typed: str, expected: str) -> None:
    assert reason(typed) == expected


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_code_or_a_typo(text: str) -> None:
    if reason(text) is None:
        assert normalise(normalise(text)) == normalise(text)
    else:
        assert reason(text) in {"length", "letters", "check"}


@pytest.mark.parametrize("typed", [CODE[:-1], CODE.replace("d", "x"), CODE.replace("nog", "nop")])
def test_a_typo_never_echoes_what_was_typed(typed: str) -> None:
    with pytest.raises(CodeTypo) as caught:
        normalise(typed)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not any(syllable in shown for syllable in typed.split("-"))
    assert caught.value.__context__ is None


def hkdf_by_hand(root: bytes, label: bytes) -> bytes:
    """RFC 5869 for one block: extract with a salt of zeros, expand with the label."""
    extracted = hmac.digest(bytes(32), root, hashlib.sha256)
    return hmac.digest(extracted, label + b"\x01", hashlib.sha256)


def test_keys_are_hkdf_of_the_root_by_purpose() -> None:
    keys = CodeKeys(ROOT)
    assert keys.lookup == hkdf_by_hand(ROOT, b"lookup")
    assert keys.vault_key == hkdf_by_hand(ROOT, b"vault")
    assert keys.ballot_id("2026-1") == hkdf_by_hand(ROOT, b"ballot|2026-1")


def test_the_hkdf_by_hand_meets_the_third_vector_of_rfc_5869() -> None:
    assert hkdf_by_hand(b"\x0b" * 22, b"").hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_the_root_is_argon2id_with_the_pepper_as_secret() -> None:
    stretched = Argon2id(salt=SALT, length=32, iterations=2, lanes=1, memory_cost=19456, secret=PEPPER)
    assert derive(CODE, SALT, PEPPER).root == stretched.derive(CODE.encode())


def test_known_answers() -> None:
    keys = derive(CODE, SALT, PEPPER)
    assert keys.lookup.hex() == "67e1d2826424d975f236e3081af16e28210065741cf61c61dcc5ca056b188876"
    assert keys.vault_key.hex() == "6e3ef1e73325ddc1408e1485b787880508ee8b5ad844b4b5d302c01672e6e128"
    assert keys.ballot_id("2026-1").hex() == "53efd09f86bb9dd254ef936bc9b684f61b823fe78356dd4a4d4dafd630099484"


def test_one_code_gives_the_same_keys_however_it_is_typed() -> None:
    assert derive(CODE.upper().replace("-", " "), SALT, PEPPER).lookup == derive(CODE, SALT, PEPPER).lookup


def test_keys_differ_by_code_salt_pepper_purpose_and_round() -> None:
    keys = derive(CODE, SALT, PEPPER)
    others = [derive(new_code(), SALT, PEPPER), derive(CODE, PEPPER, PEPPER), derive(CODE, SALT, SALT)]
    assert len({each.lookup for each in [keys, *others]}) == 4
    assert len({keys.lookup, keys.vault_key, keys.ballot_id("1"), keys.ballot_id("2"), keys.ballot_id("")}) == 5


@pytest.mark.parametrize(("salt", "pepper"), [(SALT[:15], PEPPER), (SALT, b"")])
def test_a_short_salt_or_pepper_is_refused(salt: bytes, pepper: bytes) -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        derive(CODE, salt, pepper)


def test_a_typo_derives_nothing() -> None:
    with pytest.raises(CodeTypo):
        derive("dor" * 7, SALT, PEPPER)


def test_keys_show_nothing_of_themselves() -> None:
    keys = CodeKeys(ROOT)
    assert repr(keys) == str(keys) == f"{keys}" == "CodeKeys()"
    assert not hasattr(keys, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(keys)
