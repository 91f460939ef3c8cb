"""What a signal that is met tells: whom, where, and what of it may be shown."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from souverain.catalog.signals import Told
from souverain.facts.blocks import Closer, codes, kept_at, name_place, names
from souverain.facts.hits import Hit, Place, Word, is_above, is_beaten, is_beside
from souverain.facts.hostnames import Hosts, Image, decoded, image, without_openings
from souverain.facts.reading import HOLE
from souverain.facts.signalindex import Probe
from souverain.kubernetes.model import Fields
from souverain.kubernetes.relocation import Filled, Open
from souverain.model import phrase

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from souverain.catalog import Catalog
    from souverain.catalog.model import HostMatch
    from souverain.catalog.signals import Signal
    from souverain.kubernetes.model import Node
    from souverain.model import Phrase, Span

_MOST_CODES: Final = 16
"""Regions that one path of an object gives."""

_LONGEST_SHOWN: Final = 200

_MOST_NODES: Final = 5_000
"""Nodes of a block that are looked at for a key that says otherwise."""


class Teller:
    """Makes the hits of one object. ``hits`` grows in the order of the text."""

    def __init__(self, catalog: Catalog, hosts: Hosts) -> None:
        self.hits: list[Hit] = []
        self._catalog = catalog
        self._hosts = hosts
        self._written: dict[int, frozenset[str]] = {}
        self._images: dict[str, Image | None] = {}
        self._closer = Closer()

    def tell(self, probes: tuple[Probe, ...], word: Word) -> bool:
        """Tries signals on a key; True when one of them explains the value, so that nobody
        need look into it."""
        explained = False
        for probe in probes:
            signal = probe.signal
            if not is_beside(signal, word.place) or self._is_overridden(signal, word.place):
                continue
            if signal.reads in ("host", "keys", "encoded"):
                explained = explained or self._host(probe, word)
            elif signal.reads == "image":
                explained = self._image(probe, word) or explained
            else:
                explained = self._plain(probe, word) or explained
        return explained

    def sweep(self, probes: tuple[Probe, ...], word: Word) -> None:
        """Tries signals for values of whatever key; a host is told once."""
        text, told = word.text or "", set[str]()
        for probe in probes:
            signal = probe.signal
            if not any(part in text for part in signal.texts):
                continue
            if not probe.stands(word.place.path) or not is_beside(signal, word.place):
                continue
            if signal.reads == "host":
                self._host(probe, word, told)
            else:
                self._plain(probe, word)

    # --- ways of reading --------------------------------------------------------------

    def _plain(self, probe: Probe, word: Word) -> bool:
        signal = probe.signal
        found: re.Match[str] | None = None
        if probe.pattern is not None:
            found = probe.pattern.search(without_openings(word.text or ""))
            if found is None:
                return False
        groups = _groups(found)
        named = self._named(probe, word, groups)
        if named is None:
            return False
        told, shown = named
        default = self._hosts.match(signal.host) if signal.host else None
        operator = told.operator or signal.operator or (default.operator if default else None)
        for region, leaf in self._regions(probe, word, groups, told, default):
            self._add(
                word,
                signal,
                operator,
                told.candidates or signal.candidates,
                region,
                leaf=leaf,
                shown=f"{word.key}: {shown}" if shown and not word.secret else word.name,
                at=found.group() if found else shown,
                host=signal.host,
                match=default,
                service=told.service,
            )
        return found is not None

    def _named(self, probe: Probe, word: Word, groups: dict[str, str]) -> tuple[Told, str] | None:
        """Whom the signal's table tells, and by which word; None when no word fits."""
        signal = probe.signal
        if signal.told_by in ("key", "kind"):
            told = probe.told(word.key if signal.told_by == "key" else word.kind)
            return (told, "") if told else None
        if signal.told_by == "value" and probe.pattern is None:
            text = (word.text or "").strip()
            told = probe.told(text)
            return (told, text) if told else None
        cloud = groups.get("cloud")
        if not cloud:
            return Told(None), ""
        told = probe.told(cloud)
        if told is None:
            known = self._catalog.operator(cloud)
            told = Told(known.id) if known else None
        return (told, cloud) if told else None

    def _host(self, probe: Probe, word: Word, told: set[str] | None = None) -> bool:
        """Hits for each host of a text; those in ``told`` were told by another signal."""
        signal = probe.signal
        text = _hosting_text(signal, word)
        found = probe.pattern.search(text) if probe.pattern is not None else None
        if probe.pattern is not None and found is None:
            return False
        finds = self._hosts.in_urls if told is not None else self._hosts.named
        hosts = tuple(dict.fromkeys(finds(text)))
        for host in hosts:
            if told is None or host not in told:
                self._of_host(probe, word, host, found)
        if told is not None:
            if signal.says != "data":
                told.update(host for host in hosts if self._is_told(signal, host))
            return False
        if not hosts and HOLE in text:
            self._unresolved(signal, word)
        return any(self._is_told(signal, host) for host in hosts)

    def _is_told(self, signal: Signal, host: str) -> bool:
        listed = self._hosts.match(host) is not None
        return listed if signal.listing == "listed" else True

    def _of_host(self, probe: Probe, word: Word, host: str, found: re.Match[str] | None) -> None:
        signal = probe.signal
        match = self._hosts.match(host)
        if match is not None and match.operator is None:
            return
        if match is None:
            self._of_unlisted(signal, word, host)
            return
        if signal.listing == "unlisted":
            return
        groups = _groups(found)
        nobody = Told(None)
        for region, leaf in self._regions(probe, word, groups, nobody, match):
            self._add(
                word,
                signal,
                match.operator,
                (),
                region,
                leaf=leaf,
                shown=self._shown_host(word, host, match),
                at=host,
                host=self._hosts.domain(host, match) if word.secret else host,
                match=match,
                service=match.service,
            )

    def _of_unlisted(self, signal: Signal, word: Word, host: str) -> None:
        if signal.listing == "listed":
            return
        if HOLE in host:
            self._unresolved(signal, word)
        elif self._hosts.is_public(host):
            self._add(
                word,
                signal,
                None,
                (),
                None,
                shown=word.key if word.secret else host,
                at=host,
                host=None if word.secret else host,
            )

    def _image(self, probe: Probe, word: Word) -> bool:
        signal = probe.signal
        reference = _with_registry(word)
        if reference not in self._images:
            self._images[reference] = image(reference)
        found = self._images[reference]
        if found is None:
            return False
        shown = word.key if word.secret else reference.partition("@")[0][:_LONGEST_SHOWN]
        if probe.pattern is not None:
            return self._plain(probe, word)
        if found.open:
            self._unresolved(signal, word)
            return True
        host = found.registry or signal.host if signal.listing == "absent" else found.registry
        if host is None or (signal.listing == "absent") != (found.registry is None):
            return False
        match = self._hosts.match(host)
        if match is not None and match.operator is None:
            return True
        if match is None and HOLE in host:
            self._unresolved(signal, word)
            return True
        if signal.listing != "absent" and (match is not None) != (signal.listing == "listed"):
            return False
        self._add(
            word,
            signal,
            match.operator if match else None,
            (),
            match.region if match else None,
            shown=shown,
            at=word.text or "",
            host=host,
            match=match,
            service=match.service if match else None,
        )
        return True

    def _unresolved(self, signal: Signal, word: Word) -> None:
        """Only a certain signal says that something goes out when it is not said where."""
        if signal.certainty != "certain" or signal.listing in ("unlisted", "absent"):
            return
        self._add(word, signal, None, (), None, shown=word.key, unresolved=True, leaf=word.node)

    # --- where ------------------------------------------------------------------------

    def _regions(
        self,
        probe: Probe,
        word: Word,
        groups: dict[str, str],
        told: Told,
        match: HostMatch | None,
    ) -> tuple[_Code, ...]:
        """Codes as written, of the first alternative that gives any; one of None without."""
        if told.region:
            return ((told.region, None),)
        opened: tuple[_Code, ...] = ()
        for place in probe.places or (("host",) if match else ()):
            found: Sequence[tuple[str, Node | None]] = ()
            if place == "value":
                found = tuple((groups[name], word.node) for name in _REGIONS if groups.get(name))
            elif place == "host" and match is not None:
                found = ((match.region, None),) if match.region else _beside(match, word)
            elif place.startswith("="):
                found = ((place[1:], None),)
            elif place.startswith("at:"):
                near = (word.node, *word.place.around)
                found = tuple(islice(codes(place[3:], near), _MOST_CODES))
            first: dict[str, Node | None] = {}
            for code, leaf in found:
                first.setdefault(code, leaf)
            written = tuple(first.items())
            if any(HOLE not in code for code, _ in written):
                return written
            opened = opened or written
        return opened or ((None, None),)

    def _narrowed(
        self, operator: str | None, candidates: tuple[str, ...], region: str | None
    ) -> tuple[str | None, tuple[str, ...]]:
        """The one candidate that has a region, when only one has."""
        if not candidates or region is None:
            return operator, candidates
        having = [one for one in candidates if self._catalog.region(one, region) is not None]
        return (having[0], ()) if len(having) == 1 else (operator, candidates)

    # --- what beats a signal ----------------------------------------------------------

    def _is_overridden(self, signal: Signal, place: Place) -> bool:
        if signal.unless_above and is_above(signal, place):
            return True
        if not signal.overridden_by or not place.around:
            return False
        written = self._names(place.around[0])
        return is_beaten(signal, written)

    def _names(self, block: Fields) -> frozenset[str]:
        """Every key, name of a variable and flag written in a block."""
        if id(block) not in self._written:
            self._written[id(block)] = frozenset(islice(names(block), _MOST_NODES))
        return self._written[id(block)]

    def _because(self, node: Node | None, word: Word) -> Phrase | None:
        """Why a leaf is left open, where that is known."""
        if isinstance(node, Open):
            return next(iter(node.causes.values()), None)
        kept = kept_at(node) if isinstance(node, Fields) else None
        if kept is None:
            return None
        how, name, key = kept
        kind = self._catalog.signals().reading.kept.get(how, how)
        return phrase("facts.region-kept", shown=word.name, kind=kind, name=name, key=key)

    # --- hits -------------------------------------------------------------------------

    def _where(self, word: Word, at: str) -> Span:
        """Where a hit is: at what it tells of a value; never at a value of which only the key
        speaks, which may be a secret."""
        if word.written is not None or not word.text:
            return word.span
        if word.secret or not at:
            return name_place(word.span, word.key, word.text)
        return self._closer.place(word.span, word.key, at)

    def _shown_host(self, word: Word, host: str, match: HostMatch) -> str:
        return f"{word.key} {self._hosts.domain(host, match)}" if word.secret else host

    def _add(
        self,
        word: Word,
        signal: Signal,
        operator: str | None,
        candidates: tuple[str, ...],
        region: str | None,
        *,
        shown: str,
        at: str = "",
        host: str | None = None,
        match: HostMatch | None = None,
        service: str | None = None,
        unresolved: bool = False,
        leaf: Node | None = None,
    ) -> None:
        operator, candidates = self._narrowed(operator, candidates, region)
        self.hits.append(
            Hit(
                signal=signal,
                path=".".join((*word.place.path, word.key)) if word.key else "",
                span=self._where(word, at),
                operator=operator,
                candidates=candidates,
                region=region,
                host=host,
                match=match,
                shown=shown.replace(HOLE, "…"),
                service=service or signal.service,
                unresolved=unresolved,
                key=word.key,
                because=self._because(leaf, word),
                origin=leaf.origin if isinstance(leaf, Filled) else None,
            )
        )


def _beside(match: HostMatch, word: Word) -> Sequence[tuple[str, Node | None]]:
    """Codes written beside a host that names no region itself."""
    block = word.place.around[:1]
    found = (tuple(codes(path, block)) for path in match.region_beside)
    return next(filter(None, found), ())


_REGIONS: Final = ("region", "region2")

_Code = tuple["str | None", "Node | None"]
"""The code of a region as it is written, and its leaf."""


def _hosting_text(signal: Signal, word: Word) -> str:
    if signal.reads == "keys":
        return " ".join(word.node.keys) if isinstance(word.node, Fields) else ""
    text = word.text or ""
    return decoded(text) if signal.reads == "encoded" else without_openings(text)


def _groups(found: re.Match[str] | None) -> dict[str, str]:
    """Named groups that matched; only those of regions may hold a placeholder."""
    if found is None:
        return {}
    return {
        name: text
        for name, text in found.groupdict().items()
        if text and (name in _REGIONS or HOLE not in text)
    }


def _with_registry(word: Word) -> str:
    """An image reference; in values it may be split into registry and repository."""
    text = word.text or ""
    beside = word.place.around[0] if word.place.around else None
    registry = beside.text("registry") if beside and word.key in ("repository", "name") else None
    return f"{registry}/{text}" if registry else text
