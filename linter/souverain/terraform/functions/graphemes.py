"""User-perceived characters: what Terraform counts, cuts and reverses strings by.

Source: Unicode Standard Annex 29, extended grapheme clusters, decided with the character
properties Python has: prepended marks and Indic conjuncts are not distinguished.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def clusters(value: str) -> list[str]:
    """The characters of ``value`` as a reader sees them."""
    if value.isascii() and "\r\n" not in value:
        return list(value)
    found: list[str] = []
    for character in value:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _continues(cluster: str, character: str) -> bool:
    last = cluster[-1]
    if last == "\r":
        return character == "\n"
    if unicodedata.category(last) in ("Cc", "Zl", "Zp") or last == "\n":
        return False
    if character == _JOINER or unicodedata.category(character) in ("Mn", "Me", "Mc"):
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return True
    if last == _JOINER:
        return _pictographic(character) and _pictographic(cluster[0])
    if _regional(last) and _regional(character):
        return len(cluster) == 1
    return _hangul(last, character)


def _pictographic(character: str) -> bool:
    return character >= "\u203c" and unicodedata.category(character) in ("So", "Sm", "Po", "Cn")


def _regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _hangul(last: str, character: str) -> bool:
    """Leading consonant + vowel + trailing consonant, whichever are written apart."""
    if "\u1100" <= last <= "\u115f":
        return "\u1100" <= character <= "\u11a7" or "\uac00" <= character <= "\ud7a3"
    if "\u1160" <= character <= "\u11a7":
        return "\u1160" <= last <= "\u11a7" or _open_syllable(last)
    if "\u11a8" <= character <= "\u11ff":
        return "\u1160" <= last <= "\u11ff" or "\uac00" <= last <= "\ud7a3"
    return False


def _open_syllable(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3" and (ord(character) - 0xAC00) % 28 == 0
