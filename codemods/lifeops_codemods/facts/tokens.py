"""The bytes prefilter: which words a file holds, without parsing it."""

from __future__ import annotations

_SPACE = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte == 0x5F or byte >= 128 else 0x20 for byte in range(256)
)


def words(data: bytes) -> frozenset[bytes]:
    """Every maximal run of identifier characters in UTF-8 `data`, wherever it stands: code, string or comment."""
    return frozenset(data.translate(_SPACE).split())
