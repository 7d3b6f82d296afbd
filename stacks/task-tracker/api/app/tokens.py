"""Tokens are stored as digests and compared in constant time."""

import hashlib
import hmac


def digest(token: str) -> str:
    """Return what the database keeps of a token; tokens are random, so a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def matches(token: str, expected_digest: str) -> bool:
    """Tell whether this is the token, in a time that does not depend on the answer."""
    return hmac.compare_digest(digest(token), expected_digest)
