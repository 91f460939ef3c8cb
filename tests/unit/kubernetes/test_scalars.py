"""What Kubernetes reads in scalars: expected values are those of sigs.k8s.io/yaml."""

from __future__ import annotations

from decimal import Decimal

import pytest

from souverain.kubernetes import scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("nULL", "nULL"),
        ("y", True),
        ("on", True),
        ("Yes", True),
        ("TRUE", True),
        ("n", False),
        ("Off", False),
        ("no", False),
        ("yEs", "yEs"),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("1_000", 1000),
        ("0777", 511),
        ("-0777", -511),
        ("0o17", 15),
        ("0b101", 5),
        ("0x1F", 31),
        ("-0x1f", -31),
        ("18446744073709551617", 18446744073709551617),
        ("089", Decimal(89)),
        ("1.50", Decimal("1.50")),
        ("1.", Decimal("1.")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal("1e3")),
        ("1_0.5", Decimal("10.5")),
        ("1e-400", Decimal(0)),
        ("1e400", "1e400"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        (".", "."),
        ("-", "-"),
        ("+", "+"),
        (".e3", ".e3"),
        ("._5", "._5"),
        ("1.2.3", "1.2.3"),
        ("12:30", "12:30"),
        ("2026-11-22", "2026-11-22"),
        ("0x", "0x"),
        ("0o8", "0o8"),
        ("٣", "٣"),
        ("1" * 5000, "1" * 5000),
        ("eu-west-3", "eu-west-3"),
        ("<<", "<<"),
    ],
)
def test_plain(text: str, value: object) -> None:
    read = scalars.plain(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("str", "12", "12"),
        ("str", "", ""),
        ("int", "12", 12),
        ("float", "12", Decimal(12)),
        ("float", "1.5", Decimal("1.5")),
        ("bool", "on", True),
        ("null", "", None),
        ("timestamp", "2026-11-22", "2026-11-22"),
        ("binary", "YcOp", "aé"),
        ("binary", "Yc\n Op", "aé"),
        ("binary", "/w==", "/w=="),
        ("binary", "é", "é"),
    ],
)
def test_tagged(tag: str, text: str, value: object) -> None:
    assert scalars.tagged(f"tag:yaml.org,2002:{tag}", text) == value


def test_tags_that_nobody_knows_change_nothing() -> None:
    assert scalars.tagged("!vault", "12") == "12"
    assert scalars.tagged("tag:example.org,2000:x", "true") == "true"


@pytest.mark.parametrize(
    ("tag", "text"), [("int", "x"), ("int", "1.5"), ("bool", "1"), ("null", "x"), ("float", "x")]
)
def test_tags_that_do_not_fit(tag: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        scalars.tagged(f"tag:yaml.org,2002:{tag}", text)


def test_keys() -> None:
    assert scalars.key(True) == "true"
    assert scalars.key(12) == "12"
    assert scalars.key(Decimal("1.50")) == "1.5"
    assert scalars.key(Decimal("1e3")) == "1000"
    with pytest.raises(ValueError, match="null"):
        scalars.key(None)
