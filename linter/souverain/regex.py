"""Regular expressions that are compiled when they are first used.

Modules have some 130 of them; to compile all would take a tenth of a small check, which uses
a third. At the top of a module a pattern is written ``_NAME = regex(r"...")``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 - stands for re.compile
        """What :func:`re.compile` gives, once something of it is asked for."""

        def __init__(self, pattern, flags=0):
            self._written = pattern, flags

        def __getattr__(self, name):
            found = getattr(re.compile(*self._written), name)
            # The next use finds it without coming this way.
            setattr(self, name, found)
            return found


__all__ = ["regex"]
