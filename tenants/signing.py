"""The key of this installation: it signs evidence packs, and every receipt names it, so that a forged one is noticed."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@cache
def _key() -> Ed25519PrivateKey:
    # Loaded at the first signature: a web worker starts without it, and most never need it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(settings.SIGNING_KEY)


@cache
def public_key() -> bytes:
    """The public half as PEM (SubjectPublicKeyInfo), as openssl reads it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def fingerprint() -> str:
    """SHA-256 of the public half in DER, in hexadecimal: `openssl pkey -pubin -outform DER | sha256sum` gives it too."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def sign(content: bytes) -> bytes:
    """The Ed25519 signature (64 bytes) of `content`."""
    return _key().sign(content)
