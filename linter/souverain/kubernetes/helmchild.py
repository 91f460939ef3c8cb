"""Renders charts with the Helm library of the extra ``souverain[helm]``, in its own process.

Run by path, never imported: a failure of the native library ends this process only. Reads a
job as JSON on standard input and writes the answer as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

MESSAGE_LIMIT = 64 << 10


def main() -> None:
    """Answers one job: the texts of each chart directory, or why there are none."""
    job = json.load(sys.stdin)
    # The library may write where it likes; what was standard output is ours alone.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path.append(job["library"])
    import helm_python
    from helm_python import _native

    def texts(directory: str) -> dict[str, str] | str:
        try:
            values = _values(helm_python, job["values"], job["sets"])
            with helm_python.Chart.load(directory) as chart:
                # Chart.render has no parameter for API versions; the library has.
                arguments = (chart._raw(), json.dumps(values), json.dumps(job["options"]))
                found: dict[str, str] = json.loads(_native.call_string("helm_render", *arguments))
                return found
        except (helm_python.HelmError, ValueError) as error:
            return str(error)[:MESSAGE_LIMIT]

    with answer:
        json.dump([texts(directory) for directory in job["charts"]], answer)


def _values(library: Any, files: list[str], sets: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path in files:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - nothing else of pathlib
            values = _merged(values, library.values_from_yaml(file.read()) or {})
    said: dict[str, Any] = library.parse_set_string(",".join(sets)) if sets else {}
    return _merged(values, said)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Maps are merged, anything else is replaced, as Helm does with its values files."""
    merged = dict(under)
    for key, value in over.items():
        known = merged.get(key)
        maps = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _merged(known or {}, value) if maps else value
    return merged


if __name__ == "__main__":
    main()
