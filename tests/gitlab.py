"""What GitLab asks of the reports it reads.

It reads no finding of a security report with one fault, and those of a Code Quality report up
to the first fault. Its own schemas are in no registry that the tests could read them from, so
this holds what they ask of the members that we write, and no other member may be written.
Sources: ``sast-report-format.json`` of its security report schemas, 15.0.1 and 15.0.7, where
they differ the narrower; ``codeclimate.json`` of its validators, and the severities of its
documentation.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft7Validator

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^https?://.+"}
LINE = {"type": "integer", "minimum": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def shape(**members: Any) -> dict[str, Any]:
    """An object with these members and no other; the name of an optional one ends with ``_``."""
    return {
        "type": "object",
        "required": [name for name in members if not name.endswith("_")],
        "properties": {name.rstrip("_"): value for name, value in members.items()},
        "additionalProperties": False,
    }


def array(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


def text(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest}


CODE_QUALITY = array(
    shape(
        description=TEXT,
        check_name=TEXT,
        fingerprint=TEXT,
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=shape(
            path={"type": "string", "pattern": r"^(?!\./)."}, lines=shape(begin=LINE, end=LINE)
        ),
    )
)

TOOL = shape(id=TEXT, name=TEXT, version=TEXT, vendor=shape(name=TEXT))
PLACE = {"file": TEXT, "start_line": LINE, "end_line": LINE}
SAST = shape(
    version={"const": "15.0.1"},
    scan=shape(
        analyzer=TOOL,
        scanner=TOOL,
        type={"const": "sast"},
        start_time=TIME,
        end_time=TIME,
        status={"enum": ["success", "failure"]},
        messages=array(shape(level={"enum": ["info", "warn", "fatal"]}, value=TEXT)),
    ),
    vulnerabilities=array(
        shape(
            id=TEXT,
            name=text(255),
            description=text(1_048_576),
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            solution=text(7000),
            identifiers=array(shape(type=TEXT, name=TEXT, value=TEXT, url_=URL), least=1),
            links=array(shape(url=URL, name=TEXT)),
            location=shape(**PLACE),
            tracking=shape(
                type={"const": "source"},
                items=array(
                    shape(**PLACE, signatures=array(shape(algorithm=TEXT, value=TEXT), least=1))
                ),
            ),
        )
    ),
)

ASKED = {"gitlab": CODE_QUALITY, "gitlab-sast": SAST}


def faults(form: str, document: object) -> list[str]:
    """Why GitLab would not read a report of a format."""
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft7Validator(ASKED[form]).iter_errors(document)
    ]
