"""Which versions of a provider a constraint allows.

Source: Terraform, "Version constraints": comma-separated clauses that all hold; ``~>`` lets
only the last number written increase.
"""

from __future__ import annotations

from souverain.regex import regex

_CLAUSE = regex(r"\s*(=|!=|>=|<=|~>|>|<)?\s*v?(\d+(?:\.\d+)*)[^,]*(?:,|$)")


def stays_below(constraint: str | None, major: int) -> bool:
    """Whether a constraint, or an exact version, allows no version from ``major``.0.0 on.

    What cannot be read excludes nothing.
    """
    return any(
        _is_below(operator or "=", tuple(map(int, number.split("."))), major)
        for operator, number in _CLAUSE.findall(constraint or "")
    )


def _is_below(operator: str, version: tuple[int, ...], major: int) -> bool:
    if operator == "<":
        return version[0] < major or (version[0] == major and not any(version[1:]))
    pins_major = operator in ("=", "<=") or (operator == "~>" and len(version) > 1)
    return pins_major and version[0] < major
