"""What the environment of the user says: language and colour."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from souverain.model import Lang


def default_language(environment: Mapping[str, str] = os.environ) -> Lang:
    """French for a French locale, English for any other. Source: POSIX, locale variables."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name)
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def wants_color(choice: str, stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """``--color``, then NO_COLOR and FORCE_COLOR (when not empty), then the terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"
