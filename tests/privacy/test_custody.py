"""Custody: one share tells nothing, both give the key back, and a share says why it does not open."""

import base64
import hmac
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from zelfscan.privacy import custody
from zelfscan.privacy.custody import (
    BEGIN,
    END,
    NotOneKey,
    Share,
    ShareDamaged,
    WeakPassphrase,
    WrongPassphrase,
    change_passphrase,
    join,
    join_key,
    open_share,
    require_strength,
    seal_share,
    split,
    split_key,
)
from zelfscan.privacy.sealing import new_round_keys

ROUND = "0123456789abcdef0123456789abcdef"
COUNCIL, HR = ("ondernemingsraad", "vier losse woorden ergens"), ("HR", "een heel andere zin")
ROOT = bytes.fromhex("86fe134a79fd6d571314729f03d21b677df3b4ec43698ad10e7fc77ebe4696c3")
"""Argon2id of the first passphrase with salt 0..15, 64 MiB, 3 passes, 4 lanes; computed with argon2-cffi."""
KNOWN = """-----BEGIN ZELFSCAN KEY SHARE-----
vCIIEJ44L4/vKOUUBZXVtUJnUCeXRUfnpoud58SC4Gl7ImNoZWNrIjoiOTVjZWQ4
MTM4YjNhMDEwM2RiOTQzMjI4MjIzN2E4OWFlYTQwZGUzYWZhMWJiYzM2ZWE0ODky
OWU5NzhlM2VjZiIsImN1c3RvZGlhbiI6Im9uZGVybmVtaW5nc3JhYWQiLCJyb3Vu
ZCI6IjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmIiwic2FsdCI6IjAw
MDEwMjAzMDQwNTA2MDcwODA5MGEwYjBjMGQwZTBmIiwic2VhbGVkIjoiNjQ2NTY2
Njc2ODY5NmE2YjZjNmQ2ZTZmYmIzMjhmZjljMTcyZDVkNzE4M2E2NjlmYWFmNWU1
MGQzODdiMTdlZTZmMGVjMzgwZWQ0ZTQ2MTM4YjM0ZmNmMDIyMzYwYmViN2VkNmUy
YjYwNmQ5MmFkZDZiMTQ4YzNmNmVkNTQ2MGMwMzc3OTAxNjA1MTQ2ZmIzYzc0ZjU2
NjJiNWZlNDhlNWRiOGEzOWQ5NjdkMjhmMDM5NTg3ZThiMzAyYTY5OGFhZmU3Mzc1
MTdjYTcxMjgxMjFmODdhYmExMThjNDBhMzJhOGY2MDkzOGYyMzg0MjYwZGRmNGIy
ZDE0ZTA1MmNiY2ZmOWFkOTVhYjgxNGVjNzhmMmFlYjQwOWFlYjljZTNiM2E4NTEz
YjA2OTU4N2Y4Njg0NzVkMTVkIiwidmVyc2lvbiI6InplbGZzY2FuIGtleSBzaGFy
ZSAxIn0=
-----END ZELFSCAN KEY SHARE-----
"""
"""A share made by hand: nonce 100..111, half 0..31 padded to 128 bytes."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with little memory, for what does not depend on it."""
    monkeypatch.setattr(custody, "ARGON2_MEMORY", 64)


def expand(label: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) by hand, without salt, one block."""
    return hmac.digest(hmac.digest(bytes(32), ROOT, "sha256"), label + b"\x01", "sha256")


def test_known_answers() -> None:
    share = Share.from_text(KNOWN)
    assert (share.round_id, share.custodian, share.salt) == (ROUND, COUNCIL[0], bytes(range(16)))
    assert share.check == expand(b"share check")
    assert open_share(share, COUNCIL[1]) == bytes(range(32))
    context = f'["zelfscan key share 1", "{ROUND}", "ondernemingsraad"]'.encode()
    padded = AESGCM(expand(b"share seal")).decrypt(share.sealed[:12], share.sealed[12:], context)
    assert padded == (b"\0\0\0\x20" + bytes(range(32))).ljust(128, b"\0")
    assert share.to_text() == KNOWN


def test_argon2id_is_as_strong_as_rfc_9106_recommends() -> None:
    assert (custody.ARGON2_MEMORY, custody.ARGON2_ITERATIONS, custody.ARGON2_LANES) == (65536, 3, 4)


@given(st.binary(max_size=200))
def test_two_halves_give_the_secret_back_in_any_order(secret: bytes) -> None:
    one, other = split(secret)
    assert len(one) == len(other) == len(secret)
    assert join(one, other) == join(other, one) == secret


@given(st.binary(min_size=1, max_size=60), st.binary(min_size=1, max_size=60))
def test_one_half_fits_every_secret(secret: bytes, other_secret: bytes) -> None:
    """Perfect secrecy: for each half and each secret of that length there is another half that gives that secret."""
    guess = other_secret.ljust(len(secret), b"x")[: len(secret)]
    for half in split(secret):
        assert join(half, join(half, guess)) == guess


def test_each_half_is_evenly_random() -> None:
    """Every bit of either half is 1 in half of the splits of one and the same key (10 standard deviations wide)."""
    halves = [split(b"\0\xff") for _ in range(400)]
    for which in (0, 1):
        for bit in range(16):
            ones = sum(int.from_bytes(pair[which], "big") >> bit & 1 for pair in halves)
            assert 100 < ones < 300


def test_halves_of_two_lengths_are_no_key() -> None:
    with pytest.raises(NotOneKey):
        join(b"abc", b"ab")


def test_both_shares_give_the_key_of_the_round(quick: None) -> None:
    private, public = new_round_keys()
    one, other = split_key(private, ROUND, (COUNCIL, HR))
    halves = open_share(one, COUNCIL[1]), open_share(other, HR[1])
    assert join_key(halves, public) == join_key(halves[::-1], public) == private
    assert one.salt != other.salt


def test_halves_of_two_keys_are_told(quick: None) -> None:
    first, public = new_round_keys()
    second, _ = new_round_keys()
    one, _ = split(first)
    _, other = split(second)
    for halves in ((one, other), split(second), split(b"no key at all")):
        with pytest.raises(NotOneKey):
            join_key((halves[0], halves[1]), public)


def test_a_share_opens_with_its_own_passphrase_only(quick: None) -> None:
    share = seal_share(b"half", ROUND, *COUNCIL)
    assert open_share(share, COUNCIL[1]) == b"half"
    for wrong in (HR[1], "", COUNCIL[1].upper(), COUNCIL[1] + "x"):
        with pytest.raises(WrongPassphrase):
            open_share(share, wrong)


@pytest.mark.parametrize(
    "typed", ["vier losse woorden ergens\n", "  vier  losse\twoorden ergens", "vier losse woorden\u00a0ergens"]
)
def test_spaces_make_no_difference(quick: None, typed: str) -> None:
    assert open_share(seal_share(b"half", ROUND, *COUNCIL), typed) == b"half"


def test_letters_composed_by_another_keyboard_make_no_difference(quick: None) -> None:
    share = seal_share(b"half", ROUND, "HR", "geïnteresseerde coördinator")
    assert open_share(share, "gei\u0308nteresseerde coo\u0308rdinator") == b"half"


def test_a_passphrase_from_a_terminal_that_speaks_no_utf_8_is_wrong_and_no_crash(quick: None) -> None:
    with pytest.raises(WrongPassphrase):
        open_share(seal_share(b"half", ROUND, *COUNCIL), "vier losse \udcff woorden")


def repacked(body: bytes) -> str:
    """The text of a share with this content and a right checksum, as who can change files would make it."""
    return f"{BEGIN}\n{base64.b64encode(sha256(body).digest() + body).decode()}\n{END}\n"


def body_of(text: str) -> bytes:
    return base64.b64decode("".join(text.splitlines()[1:-1]))[32:]


def test_a_changed_letter_anywhere_is_damage_and_not_a_wrong_passphrase() -> None:
    lines = KNOWN.splitlines()
    packed = "".join(lines[1:-1])
    for place in range(0, len(packed) - 1, 3):
        changed = packed[:place] + ("A" if packed[place] != "A" else "B") + packed[place + 1 :]
        with pytest.raises(ShareDamaged):
            Share.from_text(f"{BEGIN}\n{changed}\n{END}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a poem",
        KNOWN[:200],
        f"{BEGIN}\n{END}",
        f"{BEGIN}\nÉ\n{END}",
        KNOWN.replace(END, ""),
        repacked(b"{}"),
        repacked(b"[" * 50_000),
        repacked(b"\xff"),
        repacked(b'["zelfscan key share 1"]'),
        repacked(b'{"version": "zelfscan key share 1"}'),
        repacked(body_of(KNOWN).replace(b"share 1", b"share 2")),
        repacked(body_of(KNOWN).replace(b"000102", b"0001")),
        repacked(body_of(KNOWN).replace(b"000102", b"00010x")),
        repacked(json.dumps(json.loads(body_of(KNOWN)) | {"salt": 3}).encode()),
        repacked(json.dumps(json.loads(body_of(KNOWN)) | {"round": 3, "sealed": None}).encode()),
    ],
)
def test_what_is_no_share_is_told(text: str) -> None:
    with pytest.raises(ShareDamaged):
        Share.from_text(text)


def test_what_stands_around_a_share_and_line_ends_make_no_difference() -> None:
    mailed = "Beste collega,\r\n> " + KNOWN.replace("\n", "\r\n").replace("\r\n", "  \r\n") + "Groet"
    assert Share.from_text("\ufeff" + mailed) == Share.from_text(KNOWN)


def test_a_share_that_somebody_changed_and_gave_a_new_checksum_is_damage_for_who_knows_the_passphrase() -> None:
    share = Share.from_text(KNOWN)
    forged = replace(share, sealed=share.sealed[:-1] + bytes([share.sealed[-1] ^ 1]))
    with pytest.raises(ShareDamaged):
        open_share(Share.from_text(forged.to_text()), COUNCIL[1])
    with pytest.raises(WrongPassphrase):
        open_share(Share.from_text(forged.to_text()), HR[1])


@pytest.mark.parametrize("change", [{"round_id": "f" * 32}, {"custodian": "HR"}])
def test_a_share_cannot_pass_for_that_of_another_round_or_custodian(change: dict[str, str]) -> None:
    with pytest.raises(ShareDamaged):
        open_share(replace(Share.from_text(KNOWN), **change), COUNCIL[1])  # type: ignore[arg-type]


def test_round_and_custodian_are_read_in_one_way_only() -> None:
    share = Share.from_text(KNOWN)
    one, other = replace(share, round_id="a", custodian='b", "c'), replace(share, round_id='a", "b', custodian="c")
    assert one.context != other.context


def test_another_passphrase_for_the_same_half(quick: None) -> None:
    share = seal_share(b"half", ROUND, *COUNCIL)
    changed = change_passphrase(share, COUNCIL[1], "nog een nieuwe zin")
    assert open_share(changed, "nog een nieuwe zin") == b"half"
    assert (changed.round_id, changed.custodian) == (share.round_id, share.custodian)
    assert changed.salt != share.salt
    with pytest.raises(WrongPassphrase):
        open_share(changed, COUNCIL[1])
    with pytest.raises(WrongPassphrase):
        change_passphrase(share, HR[1], "nog een nieuwe zin")
    with pytest.raises(WeakPassphrase):
        change_passphrase(share, COUNCIL[1], "kort")


@pytest.mark.parametrize("weak", ["", "geheim", "elf tekens.", "aaaaaaaaaaaaaaaa", "abababababab", "a b c d e f     "])
def test_what_is_easy_to_guess_is_refused_and_not_repeated(weak: str) -> None:
    with pytest.raises(WeakPassphrase) as caught:
        seal_share(b"half", ROUND, "HR", weak)
    assert not weak or weak not in str(caught.value)


@pytest.mark.parametrize("strong", ["twaalf tekens", "fiets brood lamp regen", "Xk4!pQ9zTr2w"])
def test_twelve_characters_or_a_few_words_are_enough(strong: str) -> None:
    require_strength(strong)
    assert len(strong) >= 12


def test_lengths_say_nothing_of_the_passphrase(quick: None) -> None:
    lengths = {len(seal_share(b"half", ROUND, "HR", phrase).to_text()) for phrase in (HR[1], HR[1] * 5)}
    assert len(lengths) == 1
