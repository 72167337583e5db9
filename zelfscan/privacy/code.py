"""The personal code: the only key to someone's own outcome, and the keys that follow from it.

A code is six consonant-vowel-consonant syllables and a check syllable, such as ``dor-lef-pim-wak-tus-nog-bun``. Six
syllables drawn from 16 x 5 x 16 letters hold 6 x log2(1280) = 61.9 bits.

Letters. Of the 20 Dutch consonants four are left out, because read aloud they are another letter: c (k or s),
q (k), v (f) and x (ks). What still sounds alike at the end of a syllable (d and t, b and p, s and z) is caught by the
check syllable.

Check syllable. Number the syllables 0..1279. The check syllable is the weighted sum of the six, modulo 1279: the
largest prime below 1280. A wrong letter changes one term by less than 1279, which a prime modulus always shows, and
so does every exchange of two different letters, wherever they stand: such an exchange changes the sum by a product of
factors that are no multiples of 1279. Two syllables that change places go unseen only if they are ``bab`` and
``zuz``, 2 in 1280 x 1279 ordered pairs. Any other mistake that keeps the shape of a code passes 1 time in 1280.
"""

import math
import secrets
import unicodedata
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CONSONANTS = "bdfghjklmnprstwz"
VOWELS = "aeiou"
SHAPE = (CONSONANTS, VOWELS, CONSONANTS)
SYLLABLE_COUNT = math.prod(len(letters) for letters in SHAPE)
WEIGHTS = (2, 3, 4, 5, 6, 7)
CHECK_MODULUS = 1279
LETTERS = len(SHAPE) * (len(WEIGHTS) + 1)

UNWANTED = frozenset({"hom", "kak", "kut", "lul", "mof", "pik", "pis", "tet"})
"""Syllables that nobody should have to read aloud; leaving them out costs 0.06 bit."""

ARGON2_MEMORY = 19 * 1024
"""Memory of Argon2id in KiB, with ARGON2_ITERATIONS the second choice of the OWASP password storage cheat sheet."""
ARGON2_ITERATIONS = 2
KEY_LENGTH = 32
SECRET_LENGTH = 16

Reason = Literal["length", "letters", "check"]


class CodeTypo(ValueError):
    """What was typed cannot be a code. Never holds what was typed.

    Attributes:
        reason: ``length`` (not 21 letters), ``letters`` (a letter that cannot stand there) or ``check`` (right shape,
            wrong check syllable).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a personal code: {reason}")
        self.reason = reason


class CodeKeys:
    """The keys that follow from one code. Shows nothing of itself when printed.

    Each is 32 bytes of HKDF-SHA256 (RFC 5869, no salt) over the root key, told apart by its label.
    """

    __slots__ = ("_root",)

    def __init__(self, root: bytes) -> None:
        self._root = root

    def __repr__(self) -> str:
        return "CodeKeys()"

    def __reduce__(self) -> str:
        raise TypeError("keys of a code are not stored")

    @property
    def root(self) -> bytes:
        """The root key, to be sealed for a browser that has the outcome open; `CodeKeys` makes the keys from it."""
        return self._root

    @property
    def lookup(self) -> bytes:
        """Id of the vault entry of this code."""
        return self._derive("lookup")

    @property
    def vault_key(self) -> bytes:
        """AES-256 key of the vault entry of this code."""
        return self._derive("vault")

    def ballot_id(self, round_id: str) -> bytes:
        """Id of this code's one ballot in a round; ids of different rounds cannot be joined without the code."""
        return self._derive(f"ballot|{round_id}")

    def _derive(self, label: str) -> bytes:
        return HKDF(SHA256(), KEY_LENGTH, salt=None, info=label.encode()).derive(self._root)


def new_code() -> str:
    """Draw a code from the operating system's random source, in the form that `normalise` returns."""
    while True:
        drawn = [secrets.randbelow(SYLLABLE_COUNT) for _ in WEIGHTS]
        syllables = [_syllable(number) for number in (*drawn, _check_number(drawn))]
        if UNWANTED.isdisjoint(syllables):
            return "-".join(syllables)


def normalise(text: str) -> str:
    """Bring what someone typed or pasted into the one form of a code: 7 lower-case syllables joined by ``-``.

    Upper case, accents, full-width letters and everything that is neither letter nor digit (spaces, line breaks,
    dots, quotes, dashes of any kind, invisible characters) make no difference.

    Raises:
        CodeTypo: with the reason; without the text.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(character for character in plain if character.isalnum())
    if len(letters) != LETTERS:
        raise CodeTypo("length")
    if any(letter not in SHAPE[place % len(SHAPE)] for place, letter in enumerate(letters)):
        raise CodeTypo("letters")
    syllables = [letters[start : start + len(SHAPE)] for start in range(0, LETTERS, len(SHAPE))]
    *numbers, check = map(_number, syllables)
    if check != _check_number(numbers):
        raise CodeTypo("check")
    return "-".join(syllables)


def pepper_check(pepper: bytes) -> bytes:
    """What may be kept beside the salt to tell whether a pepper is the same; nothing about the pepper follows from it.

    Parameters:
        pepper: at least 16 random bytes.
    """
    return HKDF(SHA256(), KEY_LENGTH, salt=None, info=b"pepper check").derive(pepper)


def derive(code: str, salt: bytes, pepper: bytes) -> CodeKeys:
    """Derive the keys of a code: Argon2id (RFC 9106, one lane), then HKDF-SHA256 per purpose.

    Parameters:
        code: a code in any form that `normalise` takes.
        salt: of the installation, kept with the database, at least 16 bytes.
        pepper: of the installation, kept outside the database, at least 16 bytes; Argon2's secret value.

    Raises:
        CodeTypo: the code is not one.
        ValueError: salt or pepper is too short.
    """
    if min(len(salt), len(pepper)) < SECRET_LENGTH:
        raise ValueError(f"salt and pepper need at least {SECRET_LENGTH} bytes")
    stretch = Argon2id(
        salt=salt,
        length=KEY_LENGTH,
        iterations=ARGON2_ITERATIONS,
        lanes=1,
        memory_cost=ARGON2_MEMORY,
        secret=pepper,
    )
    return CodeKeys(stretch.derive(normalise(code).encode()))


def _check_number(numbers: list[int]) -> int:
    return sum(weight * number for weight, number in zip(WEIGHTS, numbers, strict=True)) % CHECK_MODULUS


def _syllable(number: int) -> str:
    rest, last = divmod(number, len(CONSONANTS))
    first, middle = divmod(rest, len(VOWELS))
    return CONSONANTS[first] + VOWELS[middle] + CONSONANTS[last]


def _number(syllable: str) -> int:
    first, middle, last = (letters.index(letter) for letters, letter in zip(SHAPE, syllable, strict=True))
    return (first * len(VOWELS) + middle) * len(CONSONANTS) + last
