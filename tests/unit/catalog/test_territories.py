"""Territories are distinct, dated sets."""

from __future__ import annotations

from datetime import date

import pytest

from souverain.catalog import load_catalog

NOW = date(2026, 11, 22)


def codes(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


MEMBERS = codes("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
OVERSEAS = codes("GP MQ GF RE YT MF AX")
"""Parts of the Union with an ISO code of their own (TFEU 349 and 355)."""


def countries(name: str, as_of: date = NOW) -> frozenset[str]:
    return load_catalog().territory(name, as_of)


def test_european_union() -> None:
    assert countries("EU27") == MEMBERS | OVERSEAS
    assert not countries("EU27") & {"NO", "IS", "LI", "CH", "GB", "NC", "PF", "BL"}


def test_european_economic_area() -> None:
    assert countries("EEA30") == countries("EU27") | {"NO", "IS", "LI"}


def test_france() -> None:
    assert countries("FR") == {"FR"}
    assert len(countries("FR_TERRITORY")) == 13


def test_adequate() -> None:
    assert countries("ADEQUATE") == codes("AD AR BR CH FO GB GG IL IM JE JP KR NZ UY")
    assert countries("EEA_ADEQUATE") == countries("EEA30") | countries("ADEQUATE")


def test_countries_that_count_for_some_recipients_only() -> None:
    qualified = load_catalog().territory_qualified("EEA_ADEQUATE", NOW)
    assert sorted(qualified) == ["CA", "US"]
    assert "Data Privacy Framework" in qualified["US"]
    assert load_catalog().territory_qualified("EU27", NOW) == {}


@pytest.mark.parametrize(
    ("name", "country", "day", "inside"),
    [
        ("EU27", "GB", date(2020, 1, 31), True),
        ("EU27", "GB", date(2020, 2, 1), False),
        ("EU27", "HR", date(2013, 6, 30), False),
        ("EU27", "HR", date(2013, 7, 1), True),
        ("EU27", "YT", date(2013, 12, 31), False),
        ("EU27", "YT", date(2014, 1, 1), True),
        ("ADEQUATE", "GB", date(2021, 6, 27), False),
        ("ADEQUATE", "GB", date(2021, 6, 28), True),
        ("ADEQUATE", "GB", date(2031, 12, 27), True),
        ("ADEQUATE", "GB", date(2031, 12, 28), False),
        ("ADEQUATE", "BR", date(2026, 1, 25), False),
        ("ADEQUATE", "BR", date(2026, 1, 26), True),
        ("ADEQUATE", "KR", date(2021, 12, 16), False),
    ],
)
def test_dates(name: str, country: str, day: date, inside: bool) -> None:
    assert (country in countries(name, day)) is inside


def test_united_states_are_never_adequate_as_a_country() -> None:
    for year in range(2016, 2031):
        assert "US" not in countries("EEA_ADEQUATE", date(year, 1, 1))
    assert "US" not in load_catalog().territory_qualified("ADEQUATE", date(2023, 7, 9))


def test_unknown_territory() -> None:
    with pytest.raises(KeyError):
        countries("EUROPE")
