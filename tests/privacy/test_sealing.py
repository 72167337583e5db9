"""Sealing: only the right key in the right place opens it, and lengths are all alike."""

import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.sealing import (
    BALLOT_ROOM,
    BALLOT_SIZE,
    OVERHEAD,
    SealError,
    TooLarge,
    new_round_keys,
    open_ballot,
    open_sealed,
    seal,
    seal_ballot,
)

KEY = bytes(range(32))
BALLOT = BallotContent("team-7", {"digitype": "analoge_idealist", "vvt.privacy": None}, {"leeftijd": "45-54"})
ID = b"i" * 32
ROUND = "2026-najaar"
PRIVATE, PUBLIC = new_round_keys()


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_what_is_sealed_opens_and_is_as_long_as_asked(plaintext: bytes, aad: bytes) -> None:
    blob = seal(KEY, plaintext, 64, aad)
    assert len(blob) == 64 + OVERHEAD
    assert open_sealed(KEY, blob, aad) == plaintext


def test_sealing_twice_gives_two_different_blobs() -> None:
    first, second = seal(KEY, b"same", 64, b""), seal(KEY, b"same", 64, b"")
    assert first[:12] != second[:12]
    assert first[12:] != second[12:]


def test_what_does_not_fit_is_refused_without_its_content() -> None:
    assert open_sealed(KEY, seal(KEY, b"x" * 60, 64, b""), b"") == b"x" * 60
    with pytest.raises(TooLarge) as caught:
        seal(KEY, b"x" * 61, 64, b"")
    assert "x" not in str(caught.value)


def test_a_flipped_bit_anywhere_is_noticed() -> None:
    blob = seal(KEY, b"secret", 16, b"context")
    for place in range(len(blob)):
        damaged = bytearray(blob)
        damaged[place] ^= 1
        with pytest.raises(SealError):
            open_sealed(KEY, bytes(damaged), b"context")


@pytest.mark.parametrize(
    ("key", "cut", "aad"),
    [
        (bytes(32), None, b"context"),
        (KEY[:31], None, b"context"),
        (KEY, None, b"other"),
        (KEY, -1, b"context"),
        (KEY, 11, b"context"),
        (KEY, 0, b"context"),
    ],
)
def test_the_wrong_key_length_or_context_opens_nothing(key: bytes, cut: int | None, aad: bytes) -> None:
    blob = seal(KEY, b"secret", 16, b"context")
    with pytest.raises(SealError, match=r"^this does not open$"):
        open_sealed(key, blob[:cut], aad)


def test_a_length_beyond_the_padding_opens_nothing() -> None:
    nonce = bytes(12)
    blob = nonce + AESGCM(KEY).encrypt(nonce, (13).to_bytes(4, "big") + bytes(12), b"")
    with pytest.raises(SealError):
        open_sealed(KEY, blob, b"")


def test_a_ballot_opens_in_its_own_round_and_place() -> None:
    assert open_ballot(PRIVATE, seal_ballot(PUBLIC, BALLOT, ROUND, ID), ROUND, ID) == BALLOT


def test_all_ballots_are_equally_long() -> None:
    long = BallotContent("t" * 40, {f"bank.theme-{n}": "level" for n in range(80)}, {"leeftijd": None})
    lengths = {len(seal_ballot(PUBLIC, ballot, ROUND, ID)) for ballot in (BallotContent("", {}), BALLOT, long)}
    assert lengths == {BALLOT_SIZE} == {4144}


def test_a_ballot_that_does_not_fit_is_refused() -> None:
    with pytest.raises(TooLarge):
        seal_ballot(PUBLIC, BallotContent("t" * BALLOT_ROOM, {}), ROUND, ID)


@pytest.mark.parametrize(("round_id", "ballot_id"), [("2027-voorjaar", ID), (ROUND, b"j" * 32), ("", ID)])
def test_a_ballot_of_another_round_or_place_is_refused(round_id: str, ballot_id: bytes) -> None:
    with pytest.raises(SealError):
        open_ballot(PRIVATE, seal_ballot(PUBLIC, BALLOT, round_id, ballot_id), ROUND, ID)


def test_a_ballot_for_another_key_is_refused() -> None:
    _, public = new_round_keys()
    with pytest.raises(SealError):
        open_ballot(PRIVATE, seal_ballot(public, BALLOT, ROUND, ID), ROUND, ID)


@pytest.mark.parametrize("place", [0, 31, 32, 2000, BALLOT_SIZE - 1])
def test_a_damaged_ballot_is_refused(place: int) -> None:
    damaged = bytearray(seal_ballot(PUBLIC, BALLOT, ROUND, ID))
    damaged[place] ^= 1
    with pytest.raises(SealError):
        open_ballot(PRIVATE, bytes(damaged), ROUND, ID)


@pytest.mark.parametrize("blob", [b"", b"short", bytes(BALLOT_SIZE)])
def test_what_was_never_sealed_is_refused(blob: bytes) -> None:
    with pytest.raises(SealError):
        open_ballot(PRIVATE, blob, ROUND, ID)


def padded(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content.ljust(BALLOT_ROOM - 4, b"\0")


@pytest.mark.parametrize(
    "plaintext",
    [padded(b"{}"), padded(b"not json"), padded(b"[" * 4000), b"\xff" * BALLOT_ROOM, b"", b"\0\0"],
)
def test_a_forged_ballot_is_refused_though_anyone_can_seal_one(plaintext: bytes) -> None:
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    info = b"zelfscan ballot 1" + ID + ROUND.encode()
    forged = suite.encrypt(plaintext, X25519PublicKey.from_public_bytes(PUBLIC), info=info)
    with pytest.raises(SealError) as caught:
        open_ballot(PRIVATE, forged, ROUND, ID)
    assert caught.value.__cause__ is None
    assert str(caught.value) == "this does not open"


@pytest.mark.parametrize("ballot_id", [b"", b"i" * 31, b"i" * 33])
def test_a_ballot_id_has_one_length(ballot_id: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_ballot(PUBLIC, BALLOT, ROUND, ballot_id)
    with pytest.raises(ValueError, match="32 bytes"):
        open_ballot(PRIVATE, bytes(BALLOT_SIZE), ROUND, ballot_id)


def test_round_keys_are_a_pair_in_common_formats() -> None:
    private = load_pem_private_key(PRIVATE, password=None)
    assert isinstance(private, X25519PrivateKey)
    assert private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) == PUBLIC
    assert len(PUBLIC) == 32
    assert new_round_keys() != (PRIVATE, PUBLIC)


KEM_SUITE = b"KEM\x00\x20"
HPKE_SUITE = b"HPKE\x00\x20\x00\x01\x00\x02"


def extract(salt: bytes, suite: bytes, label: bytes, key: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + key, "sha256")


def expand(key: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\x01", "sha256")[:length]


def opened_by_hand(private: X25519PrivateKey, blob: bytes, info: bytes) -> bytes:
    """RFC 9180, sections 4.1 and 5.1: base mode of X25519, HKDF-SHA256, AES-256-GCM; one message."""
    encapsulated, sealed = blob[:32], blob[32:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    own = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secret = expand(extract(b"", KEM_SUITE, b"eae_prk", shared), KEM_SUITE, b"shared_secret", encapsulated + own, 32)
    context = b"\0" + extract(b"", HPKE_SUITE, b"psk_id_hash", b"") + extract(b"", HPKE_SUITE, b"info_hash", info)
    schedule = extract(secret, HPKE_SUITE, b"secret", b"")
    key, nonce = (expand(schedule, HPKE_SUITE, label, context, n) for label, n in ((b"key", 32), (b"base_nonce", 12)))
    return AESGCM(key).decrypt(nonce, sealed, b"")


def test_a_ballot_is_hpke_as_in_rfc_9180_bound_to_version_place_and_round() -> None:
    private = load_pem_private_key(PRIVATE, password=None)
    assert isinstance(private, X25519PrivateKey)
    blob = seal_ballot(PUBLIC, BALLOT, ROUND, ID)
    plaintext = opened_by_hand(private, blob, b"zelfscan ballot 1" + ID + ROUND.encode())
    assert plaintext == padded(BALLOT.to_bytes())
