"""How each asset is set: encrypted, reachable, kept in several zones, and so on.

A setting is catalogue data (:class:`souverain.catalog.model.SettingSpec`): attributes of the
resource or of a companion that points at it, in the order in which they decide, then what
the service does when nothing is written. A type has the settings that the catalogue lists
for it, and no others: of those nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Final

from souverain.assets.objects import CONCEALED, FILLED_IN
from souverain.catalog.model import Default, Reading, SettingSpec, TimeUnit
from souverain.facts.conditions import holds
from souverain.facts.grants import ANYONE_IF, Granted
from souverain.facts.hints import Reader
from souverain.facts.occurrences import Item
from souverain.facts.places import Places
from souverain.facts.reading import Text, open_part, texts, undecided, with_holes
from souverain.facts.survey import Gathered, PerAsset, Survey
from souverain.facts.versions import stays_below
from souverain.model import (
    Asset,
    Attr,
    Evidence,
    EvidenceKind,
    Phrase,
    Setting,
    SettingName,
    SettingValue,
    Span,
    Undecided,
    phrase,
)
from souverain.records import dataclass
from souverain.regex import regex
from souverain.values import Partial, Unknown, Value

_EVIDENCE: Final[dict[SettingName, EvidenceKind]] = {
    "encrypted_at_rest": "custody",
    "encrypted_in_transit": "flow",
    "readable_by_anyone": "flow",
    "reachable_from_internet": "flow",
    "api_reachable_from_internet": "flow",
    "internet_facing": "flow",
    "in_several_zones": "region",
    "backed_up": "flow",
    "log_retention_days": "flow",
    "sealed": "custody",
}
"""What a setting is evidence of, in the words of the report."""


_DIGITS: Final = 6
"""Of a number of days that has an end."""

_TIME: Final = regex(r"(\d+(?:\.\d+)?)(ms|[smhdwMy])")
_UNITS: Final[dict[TimeUnit, str]] = {"hours": "h", "days": "d", "months": "M"}
_IN_DAYS: Final = {
    "ms": Fraction(1, 86_400_000),
    "s": Fraction(1, 86_400),
    "m": Fraction(1, 1_440),
    "h": Fraction(1, 24),
    "d": Fraction(1),
    "w": Fraction(7),
    "M": Fraction(30),
    "y": Fraction(365),
}
_LONGEST: Final = 20
"""Digits of a number that is worth counting."""


class Settings:
    """Settings of each asset, computed once per world."""

    def __init__(self, survey: Survey, places: Places, assets: Sequence[Asset]) -> None:
        self._survey = survey
        self._places = places
        wanted = {
            (reading.of, reading.through)
            for type_ in {asset.known_as for asset in assets}
            for spec in survey.catalog.settings(type_)
            for reading in spec.readings
            if reading.of and not reading.by
        }
        self._pointing = tuple(
            (asset, through) for asset in assets for of, through in wanted if asset.known_as == of
        )
        self._companions = Gathered(survey.worlds, self._led_to)
        self.of = PerAsset(survey.worlds, self._settings, lambda _: ())

    def _settings(self, asset: Asset) -> tuple[Setting, ...]:
        if asset.technical or asset.unread is not None:
            return ()
        specs = self._survey.catalog.settings(asset.known_as)
        return tuple(setting for spec in specs for setting in self._of_spec(asset, spec))

    def _of_spec(self, asset: Asset, spec: SettingSpec) -> tuple[Setting, ...]:
        met = {holds(condition, asset.config.read) for condition in spec.when}
        if False in met:
            return ()
        if None in met:
            why = phrase("facts.setting-applies", type=asset.type)
            return (Setting(spec.name, None, Undecided(why, asset.span)),)
        found: tuple[Setting, ...] = (self._default(asset, spec),)
        for reading in reversed(spec.readings):
            found = tuple(self._by_reading(asset, spec, reading, found)) or found
        return found

    # --- companions -------------------------------------------------------------------

    def _led_to(self) -> Iterator[tuple[str, tuple[Asset, str]]]:
        for companion, through in self._pointing:
            for attr in companion.config.read(through) if through else ():
                for target in self._survey.follow(attr, but=companion):
                    yield target.address, (companion, through)

    def _holders(self, asset: Asset, reading: Reading) -> Iterator[Asset]:
        """The resources whose attribute a reading speaks of."""
        if not reading.of:
            yield asset
        elif reading.by:
            attrs = asset.config.read(reading.by)
            led = {t.address: t for a in attrs for t in self._survey.follow(a, but=asset)}
            yield from (target for target in led.values() if target.known_as == reading.of)
        else:
            pointing = self._companions(asset) if reading.through else self._beside(asset)
            for companion, through in pointing:
                wanted = (companion.known_as, through) == (reading.of, reading.through)
                if wanted and self._survey.exists(companion):
                    yield companion

    def _beside(self, asset: Asset) -> Iterator[tuple[Asset, str]]:
        """Companions that speak for everything of the same provider configuration."""
        return ((c, through) for c, through in self._pointing if c.provider == asset.provider)

    # --- one reading ------------------------------------------------------------------

    def _by_reading(
        self, asset: Asset, spec: SettingSpec, reading: Reading, rest: tuple[Setting, ...]
    ) -> Iterator[Setting]:
        """What a reading says; ``rest`` is what holds where it says nothing."""
        for holder in self._holders(asset, reading):
            for said in self._said(holder, spec, reading):
                yield from said.settled(spec.name, rest)

    def _said(self, holder: Asset, spec: SettingSpec, reading: Reading) -> Iterator[_Said]:
        if not reading.each:
            yield from self._counted(holder, reading, reading.path, holder.config.read)
            return
        for block in holder.config.read(reading.each):
            inside = _inside(holder, reading.each, block)
            said = tuple(self._counted(holder, reading, reading.path, inside))
            yield from said
            if not said and not reading.when:
                default = self._default(holder, spec)
                yield _Said(block, default.value, default.unknown)

    def _counted(self, holder: Asset, reading: Reading, path: str, read: Reader) -> Iterator[_Said]:
        """What the attributes at a path say, if they count."""
        met = {holds(condition, read) for condition in reading.when}
        if False in met:
            return
        for said in (said for attr in read(path) for said in self._of_attr(reading, attr)):
            doubt = phrase("facts.setting-applies", type=holder.type)
            yield said.doubted(doubt) if None in met else said

    def _of_attr(self, reading: Reading, attr: Attr) -> Iterator[_Said]:
        if reading.grants is not None:
            attr = Item(attr, _sure(Granted(self._survey, reading.grants).by(attr), attr))
        # A block without arguments (``load_balancer {}``) is written all the same.
        empty: tuple[Text, ...] = ("",) if isinstance(attr.value, Mapping) else ()
        found = tuple(texts(attr.value)) or empty
        said = _meaning(reading, attr, found) if found else None
        if said is not None:
            yield said

    # --- the default ------------------------------------------------------------------

    def _default(self, asset: Asset, spec: SettingSpec) -> Setting:
        version = asset.provider.version if asset.provider else None
        reached = (d for d in spec.defaults if not d.since or not stays_below(version, d.since))
        default = next(reached, spec.defaults[-1])
        why = self._unknown_default(asset, default)
        if why is not None:
            return Setting(spec.name, None, why)
        state = _state(spec.name, default.value)
        said = (
            phrase("facts.setting-by-default", state=state)
            if spec.readings
            else phrase("facts.setting-by-nature", state=state, type=asset.type)
        )
        return Setting(
            spec.name,
            default.value,
            evidence=(_shown(spec.name, said, asset.span),),
            span=asset.span,
            confidence=default.confidence,
        )

    def _unknown_default(self, asset: Asset, default: Default) -> Undecided | None:
        if default.value is None:
            return Undecided(phrase(f"facts.setting-hangs-on-{default.decides}"), asset.span)
        if default.everywhere:
            return None
        operators = self._places.of(asset).operators
        if operators and self._survey.catalog.is_technology_of(asset.type, operators[0]):
            return None
        why = phrase("facts.setting-default-elsewhere", type=asset.type)
        return Undecided(why, asset.span)


def _inside(holder: Asset, path: str, block: Attr) -> Reader:
    """Reads attributes of one block of several."""
    depth = len(block.position)

    def read(name: str) -> tuple[Attr, ...]:
        found = holder.config.read(f"{path}.{name}")
        return tuple(attr for attr in found if attr.position[:depth] == block.position)

    return read


# --- what an attribute says -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """What one attribute says: ``value``, or, when ``unknown``, one of ``may_be`` or nothing,
    which leaves it to what comes next."""

    attr: Attr
    value: SettingValue | None
    unknown: Undecided | None = None
    may_be: frozenset[SettingValue] = frozenset()

    def doubted(self, reason: Phrase) -> _Said:
        """The same where it is not known whether the attribute counts."""
        may_be = self.may_be if self.value is None else frozenset({self.value})
        why = self.unknown or Undecided(reason, self.attr.span)
        return _Said(self.attr, None, why, may_be)

    def settled(self, name: SettingName, rest: tuple[Setting, ...]) -> Iterator[Setting]:
        """The setting it makes; an unknown that changes nothing leaves what comes next."""
        if self.unknown is not None:
            others = {setting.value for setting in rest}
            if others == self.may_be and len(others) == 1:
                yield from rest
            else:
                yield Setting(name, None, self.unknown, span=self.attr.span)
            return
        state = _state(name, self.value)
        said = phrase("facts.setting-written", state=state, attribute=self.attr.path)
        evidence = (_shown(name, said, self.attr.span), *self.attr.trace())
        yield Setting(name, self.value, None, evidence, self.attr.span)


def _sure(granted: tuple[Value, ...], policy: Attr) -> tuple[Value, ...]:
    """Whom a policy lets in; what a condition narrows is not known."""
    open_ = Unknown(phrase("facts.grant-conditional", attribute=policy.path), policy.span)
    return tuple(open_ if name == ANYONE_IF else name for name in granted)


def _meaning(reading: Reading, attr: Attr, found: Sequence[Text]) -> _Said | None:
    """What the texts of an attribute mean; None when they say nothing of the setting."""
    if not reading.values:
        return _as_it_stands(attr, found, reading.unit)
    filled = next((t for t in found if isinstance(t, Unknown) and t.cause == FILLED_IN), None)
    if filled is not None:
        # What is written beside it need not be secret: a name, a kind.
        may_be = frozenset(value for _, value in reading.values)
        return _Said(attr, None, undecided(filled, attr), may_be)
    for index, (pattern, value) in enumerate(reading.values):
        if any(_is_like(text, pattern) for text in found):
            return _Said(attr, value)
        unknown = next((open_part(text) for text in found if _may_be(text, pattern)), None)
        if unknown is not None:
            may_be = frozenset(value for _, value in reading.values[index:])
            return _Said(attr, None, undecided(unknown, attr), may_be)
    return None


def _is_like(text: Text, pattern: str) -> bool:
    """Whether a text surely matches: what is not written out of it falls under a ``*``, what
    is read from a resource is never null, nor what is concealed."""
    if isinstance(text, Unknown):
        written = text.ref is not None or text.cause == CONCEALED
        return written and pattern in ("*", "?*")
    return fnmatchcase(with_holes(text).lower(), pattern.lower())


def _may_be(text: Text, pattern: str) -> bool:
    """Whether an open text may match: ``${address}/32`` is never ``0.0.0.0/0``."""
    if not isinstance(text, Partial):
        return isinstance(text, Unknown)
    last = text.segments[-1]
    end = last if isinstance(last, str) else ""
    if "*" in pattern or "[" in pattern:
        return True
    return pattern.startswith(text.prefix) and pattern.endswith(end)


def _as_it_stands(attr: Attr, found: Sequence[Text], unit: TimeUnit | None) -> _Said | None:
    unknown = next((part for part in map(open_part, found) if part is not None), None)
    if unknown is not None:
        return _Said(attr, None, undecided(unknown, attr))
    written = str(found[0]).lower() if unit is None else str(found[0])
    if written in ("true", "false"):
        return _Said(attr, written == "true")
    if unit is not None:
        days = _days(written, unit)
        return None if days is None else _Said(attr, days)
    if not written.isdecimal():
        return None
    return _Said(attr, _at_most(int(written) if len(written) <= _DIGITS else None))


def _at_most(days: int | None) -> SettingValue:
    """A number of days; None and what is longer than any of them never ends."""
    return "forever" if days is None or days >= 10**_DIGITS else days


def _days(text: str, unit: TimeUnit) -> SettingValue | None:
    """Whole days of a length of time (``720h``, ``1d12h``, ``6`` months); None for no such."""
    length = text.strip()
    if length.isdecimal():
        length += _UNITS[unit]
    parts = _TIME.findall(length)
    if not parts or "".join(f"{number}{of}" for number, of in parts) != length:
        return None
    if any(len(number) > _LONGEST for number, _ in parts):
        return "forever"
    return _at_most(int(sum(Fraction(number) * _IN_DAYS[of] for number, of in parts)))


def _state(name: SettingName, value: SettingValue | None) -> Phrase:
    """A setting in words: ``not encrypted at rest``, ``logs kept for 30 days``."""
    key = f"facts.setting-{name.replace('_', '-')}"
    if isinstance(value, bool):
        return phrase(f"{key}-{'yes' if value else 'no'}")
    return phrase(f"{key}-forever") if value == "forever" else phrase(key, days=value or 0)


def _shown(name: SettingName, said: Phrase, span: Span) -> Evidence:
    return Evidence(_EVIDENCE[name], said, span)
