"""Hosts written in texts of Kubernetes objects, and the registry of an image."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from souverain.facts.reading import HOLE
from souverain.records import dataclass
from souverain.regex import regex

if TYPE_CHECKING:
    from souverain.catalog.model import HostMatch
    from souverain.catalog.signals import Reading

_OPEN: Final = regex(
    r"\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)|\{\{.{0,200}?\}\}|<no value>|<[A-Z_]{1,60}>"
)
_SCHEME: Final = regex(r"[A-Za-z][A-Za-z0-9+.-]{0,20}\Z")
_AUTHORITY_ENDS: Final = regex(r"[/?#\s\"'`<>()\[\]{}|\\;]")
_BETWEEN: Final = regex(r"[\s,;|$\"'`]+")
_NAME: Final = regex(r"(?:[A-Za-z0-9_*-]{1,63}\.){1,12}[A-Za-z][A-Za-z0-9-]{1,62}\.?\Z")
_ADDRESS: Final = regex(r"(?:\d{1,3}\.){3}\d{1,3}\Z")
_IMAGE: Final = regex(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,500}\Z")
_LONGEST: Final = 253
"""Longest host name (RFC 1035, 2.3.4)."""


def without_openings(text: str) -> str:
    """A text whose placeholders (``${HOST}``, ``$(HOST)``, ``{{ host }}``) stand for none in
    particular: one word that no rule names."""
    if "$" in text or "{{" in text or "<" in text:
        return _OPEN.sub(HOLE, text)
    return text


def decoded(text: str) -> str:
    """Text in base64 after the last colon (an Elastic Cloud id); "" for what is no text."""
    encoded = text.rpartition(":")[2]
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


@dataclass(frozen=True, slots=True)
class Image:
    """A container image. ``registry`` without port, None when it is not written; ``open``
    when a placeholder hides it."""

    registry: str | None
    open: bool = False


def image(reference: str) -> Image | None:
    """The registry of ``[host[:port]/]path[:tag][@digest]``; None for anything else.

    The first segment is a host only with a dot, a port, or when it is ``localhost``
    (reference grammar of container registries).
    """
    text = without_openings(reference.strip()).removeprefix("docker://")
    if _IMAGE.match(text) is None or "//" in text:
        return None
    first, slash, _ = text.partition("/")
    if first.startswith(HOLE) and "." not in first:
        return Image(None, open=True)
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        return Image(None)
    return Image(first.partition(":")[0].lower())


class Hosts:
    """Finds hosts in texts, and asks the catalogue about each once."""

    def __init__(self, find: Callable[[str], HostMatch | None], reading: Reading) -> None:
        self._find = find
        self._known: dict[str, HostMatch | None] = {}
        self._schemes = reading.schemes_without_host
        self._domains = reading.domains

    def match(self, host: str) -> HostMatch | None:
        """Who runs a host; None for a public host that is not listed."""
        if host not in self._known:
            self._known[host] = self._find(host)
        return self._known[host]

    def is_public(self, host: str) -> bool:
        """Whether an unlisted host can be somebody's on the internet: ``loki.monitoring``
        is a service of the cluster."""
        last = host.rstrip(".").rpartition(".")[2].lower()
        return len(last) == 2 or last in self._domains or last.isdigit()

    def in_urls(self, text: str) -> Iterator[str]:
        """Hosts of every URL in a text, lower case; names of several brokers in turn."""
        at = text.find("://")
        while at >= 0:
            scheme = _SCHEME.search(text, max(0, at - 21), at)
            ends = _AUTHORITY_ENDS.search(text, at + 3)
            authority = text[at + 3 : ends.start() if ends else len(text)]
            # Credentials may hold anything but a slash: the host follows the last "@".
            if scheme and scheme.group().lower().split(":")[-1] not in self._schemes:
                yield from _hosts_of(authority)
            at = text.find("://", at + 3)

    def named(self, text: str) -> Iterator[str]:
        """Hosts of a text in host position: its URLs, else names and ``host:port`` lists."""
        if "://" in text:
            yield from self.in_urls(text)
            return
        for word in _BETWEEN.split(text):
            # An e-mail address goes nowhere; git@host:path is a host.
            if "." in word and ("@" not in word or ":" in word.rpartition("@")[2]):
                yield from _hosts_of(word.split("/", 1)[0])

    def domain(self, host: str, match: HostMatch) -> str:
        """The shortest end of a listed host that the catalogue gives to the same operator."""
        labels = host.split(".")
        for start in range(len(labels) - 2, -1, -1):
            end = ".".join(labels[start:])
            found = self.match(end)
            if found is not None and found.operator == match.operator:
                return end
        return ".".join(labels[-2:])


def _hosts_of(authority: str) -> Iterator[str]:
    for part in authority.rsplit("@", 1)[-1].split(","):
        host = part.partition(":")[0].rstrip(".").lower()
        if len(host) <= _LONGEST and (_NAME.match(host) or _ADDRESS.match(host)):
            yield host
