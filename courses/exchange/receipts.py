"""Receipts: what was handed in, by whom and when, signed so that anyone can verify it with the public key."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Receipt:
    """What the signature is over. `at` is ISO 8601 in UTC, `sha256` is of the file's bytes, `size` in bytes."""

    id: str
    member: str
    course: str
    item: str
    version: str
    attempt: int
    sha256: str
    size: int
    at: str

    def canonical(self) -> bytes:
        """The bytes that are signed: JSON with sorted keys, no spaces, UTF-8."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Signer:
    """Signs receipts with an Ed25519 key of 32 bytes. The same receipt always has the same signature."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def pem(self) -> str:
        """The public key as other programs (`openssl pkeyutl`) read it."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, receipt: Receipt) -> str:
        """The signature, base64url."""
        return urlsafe_b64encode(self._key.sign(receipt.canonical())).decode()


def new_key() -> bytes:
    """A private key for a `Signer`; keep it: receipts given with it can be verified only with its public half."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def genuine(receipt: Receipt, signature: str, public: bytes) -> bool:
    """Whether the holder of the public key's other half signed exactly this receipt."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(urlsafe_b64decode(signature), receipt.canonical())
    except (InvalidSignature, ValueError):
        return False
    return True
