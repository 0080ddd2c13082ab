"""Receipts: anyone can verify them with the public key, and nothing in them can be changed unnoticed."""

import json
import subprocess
from base64 import urlsafe_b64decode
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from courses.exchange.receipts import Receipt, Signer, genuine, new_key

RECEIPT = Receipt("n1", "amina", "e-waste", "classify", "1.0.0", 1, "ab" * 32, 1234, "2030-01-02T03:04:05.000006+00:00")


def test_a_receipt_verifies_with_the_public_key_alone() -> None:
    """The signature holds for whoever has the published key."""
    signer = Signer(new_key())
    assert genuine(RECEIPT, signer.sign(RECEIPT), signer.public)


@pytest.mark.parametrize("changed", [dict.fromkeys([name], "x") for name in asdict(RECEIPT)])
def test_no_field_can_be_changed(changed: dict[str, str]) -> None:
    """A receipt with any other name, hash, time or attempt is not genuine."""
    signer = Signer(new_key())
    assert not genuine(replace(RECEIPT, **changed), signer.sign(RECEIPT), signer.public)  # type: ignore[arg-type]


@pytest.mark.parametrize("signature", ["", "not base64!", "AAAA", "é"])
def test_what_is_no_signature_is_not_genuine(signature: str) -> None:
    """Any text may stand where the signature should."""
    assert not genuine(RECEIPT, signature, Signer(new_key()).public)


def test_another_key_signs_nothing_of_ours() -> None:
    """A receipt that someone else signed is not genuine."""
    assert not genuine(RECEIPT, Signer(new_key()).sign(RECEIPT), Signer(new_key()).public)


def test_the_signature_is_always_the_same() -> None:
    """A receipt can be asked for again after any restart and is the same to the letter."""
    key = new_key()
    assert Signer(key).sign(RECEIPT) == Signer(key).sign(RECEIPT)


def test_other_programs_can_verify_it(tmp_path: Path) -> None:
    """OpenSSL, given the key's PEM and the JSON with sorted keys, says the signature is good."""
    signer = Signer(new_key())
    (tmp_path / "key.pem").write_text(signer.pem)
    said = json.dumps(asdict(RECEIPT), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (tmp_path / "receipt.json").write_text(said)
    (tmp_path / "signature").write_bytes(urlsafe_b64decode(signer.sign(RECEIPT)))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    result = subprocess.run([*command, "-in", "receipt.json", "-sigfile", "signature"], cwd=tmp_path, check=False)
    assert result.returncode == 0
