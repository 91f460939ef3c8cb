"""What a Kubernetes manifest tells about who runs something, where, and whom it talks to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pages.coverage import MARK
from souverain import policystore

FOLDER = "coverage"

FAMILIES: Final = {
    "nodes": "Where pods run: labels they ask for, tolerations, ids of machines.",
    "storage": "Who keeps volumes and snapshots: classes, drivers, handles.",
    "network": "Load balancers, ingresses, gateways, names, certificates, egress, tunnels.",
    "identity": "What workloads log in as, and where people do.",
    "images": "The registry of an image (Docker Hub when none is written), and what some talk to.",
    "configuration": "Environment variables, arguments, ConfigMaps, Secrets, values of charts.",
    "secrets": "Vaults that hold secrets, and keys that seal them.",
    "backups": "Where copies of everything go, and databases run by operators.",
    "infrastructure": "Clouds’ own services created by Kubernetes objects; clusters that create "
    "clusters.",
    "events": "Queues, autoscaling triggers, components, connectors.",
    "observability": "Logs, metrics, traces, alerts, agents.",
    "gitops": "Where code and charts come from, clusters that are deployed to, gateways to models.",
    "health": "Software and protocols of care: they suggest health data, as a name does.",
}

SAYS: Final = {
    "cluster": "the cluster",
    "object": "the object itself",
    "data": "data",
}


def pages() -> dict[str, str]:
    """One page, a table for each family."""
    files = policystore.load_mapping("catalog/kubernetes/signals")
    families = {name: list(files[name]["signals"]) for name in FAMILIES}
    assert families.keys() == files.keys()
    count = sum(map(len, families.values()))
    lines = [
        MARK,
        "",
        "# Signals of Kubernetes manifests",
        "",
        f"{count} signals, by family; each has examples in `fixtures/k8s`. “Tells of” is what is "
        "placed by it: the cluster that an object is deployed to, the object itself (a volume, "
        "a bucket), or a company that it exchanges data with, and how. Where several operators "
        "write the same word, the first named is the likely one unless something of another’s "
        "own is seen; after “one of” none is likelier. Letters are confidences: P read in an "
        "official text, S in a secondary source, W in a weak one, GK general knowledge. "
        "[How they are used](../kubernetes.md).",
        "",
    ]
    for name, signals in families.items():
        lines += [f"## {name.capitalize()}", "", f"{FAMILIES[name]}", "", *_table(signals), ""]
    return {"signals.md": "\n".join(lines).rstrip("\n") + "\n"}


def _table(signals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| Signal | Read in | Tells of | Operator | Region from | Certainty |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for signal in signals:
        cells = (
            f"`{signal['id']}`",
            _read_in(signal),
            SAYS.get(signal["says"]) or signal.get("flow", "endpoint"),
            _operator(signal),
            _code(signal["region"].replace(">", ", else ")) if "region" in signal else "–",
            f"{signal['certainty']} ({signal['confidence']})",
        )
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


_FEW: Final = 4
"""Words of a list that are shown."""


def _read_in(signal: Mapping[str, Any]) -> str:
    parts = [
        _list(signal.get("keys", ()) or signal.get("by_key", ())),
        f"at {_list(signal['at'])}" if "at" in signal else "",
        "in a known form" if "value" in signal else "",
        f"of {_list(signal['kinds'])}" if "kinds" in signal else "",
    ]
    if not parts[0] and "by_kind" in signal:
        parts[3] = f"of {_list(signal['by_kind'])}"
    if not parts[0] and ("value" in signal or "reads" in signal):
        parts[0] = "any value"
    return " ".join(filter(None, parts))


def _operator(signal: Mapping[str, Any]) -> str:
    tables = [value for name in ("by_value", "by_key", "by_kind") for value in _told(signal, name)]
    if tables:
        return _list(tables)
    if "candidates" in signal:
        own = signal.get("operator")
        others = _list([one for one in signal["candidates"] if one != own])
        return f"{_code(own)}, or {others}" if own else f"one of {others}"
    if "operator" in signal:
        return _code(signal["operator"])
    return "the host’s" if "reads" in signal or "host" in signal else "–"


def _told(signal: Mapping[str, Any], table: str) -> Iterator[str]:
    seen: dict[str, None] = {}
    for told in signal.get(table, {}).values():
        name = told if isinstance(told, str) else told.get("operator") if told else None
        if name:
            seen.setdefault(str(name))
    yield from seen


def _list(words: Sequence[object]) -> str:
    shown = [str(word) for word in words]
    more = f" and {len(shown) - _FEW} more" if len(shown) > _FEW else ""
    return ", ".join(map(_code, shown[:_FEW])) + more


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
