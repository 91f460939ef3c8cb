"""Hosts in texts, and registries of images."""

from __future__ import annotations

import pytest

from souverain.catalog import load_catalog
from souverain.facts.hostnames import Hosts, Image, decoded, image, without_openings
from souverain.facts.reading import HOLE


@pytest.fixture(scope="module")
def hosts() -> Hosts:
    catalog = load_catalog()
    return Hosts(catalog.host, catalog.signals().reading)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://api.openai.com/v1", ["api.openai.com"]),
        (
            "see HTTPS://API.OpenAI.com. and ftp://a.example.fr:21/x",
            ["api.openai.com", "a.example.fr"],
        ),
        ("postgres://u:p@ss@pg.acme.io:5432/db", ["pg.acme.io"]),
        ("mongodb://a.acme.io:1,b.acme.io:2/db", ["a.acme.io", "b.acme.io"]),
        ("jdbc:postgresql://pg.acme.io/db", ["pg.acme.io"]),
        ("s3:https://s3.fr-par.scw.cloud/b", ["s3.fr-par.scw.cloud"]),
        ("s3://my.bucket.fr/x", []),
        ("file:///etc/x.conf", []),
        ("http://redis:6379", []),
        ("http://10.1.2.3:80", ["10.1.2.3"]),
        ("http://[::1]/", []),
        (f"https://{HOLE}.s3.fr-par.scw.cloud", [f"{HOLE}.s3.fr-par.scw.cloud"]),
        ("://", []),
        ("a://", []),
    ],
)
def test_urls(text: str, found: list[str], hosts: Hosts) -> None:
    assert list(hosts.in_urls(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("s3.fr-par.scw.cloud", ["s3.fr-par.scw.cloud"]),
        ("s3.fr-par.scw.cloud:443/b", ["s3.fr-par.scw.cloud"]),
        ("b1.acme.io:9092,b2.acme.io:9092", ["b1.acme.io", "b2.acme.io"]),
        ("*.amazonaws.com", ["*.amazonaws.com"]),
        ("git@github.com:acme/app.git", ["github.com"]),
        ("equipe@chu-nantes.fr", []),
        ("localhost", []),
        ("1.2.3", []),
        ("a" * 300 + ".com", []),
    ],
)
def test_names(text: str, found: list[str], hosts: Hosts) -> None:
    assert list(hosts.named(text)) == found


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("app.acme.fr", True),
        ("app.acme.com", True),
        ("51.15.1.2", True),
        ("loki.monitoring", False),
        ("org.apache.kafka.StringSerializer", False),
    ],
)
def test_public(host: str, public: bool, hosts: Hosts) -> None:
    assert hosts.is_public(host) is public


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("nginx", Image(None)),
        ("nginx:1.27", Image(None)),
        ("library/nginx@sha256:ab", Image(None)),
        ("quay.io/a/b:1", Image("quay.io")),
        ("Registry.Acme.io:5000/a", Image("registry.acme.io")),
        ("localhost/a", Image("localhost")),
        ("host:5000/a", Image("host")),
        ("docker://ghcr.io/a/b", Image("ghcr.io")),
        ("${REGISTRY}/a:1", Image(None, open=True)),
        ("{{ .Values.image }}", Image(None, open=True)),
        ("acme.azurecr.io/a:${TAG}", Image("acme.azurecr.io")),
        ("https://x/y", None),
        ("two words", None),
        ("", None),
    ],
)
def test_image(reference: str, expected: Image | None) -> None:
    assert image(reference) == expected


def test_domain_of_a_secret_host(hosts: Hosts) -> None:
    def domain(host: str) -> str:
        match = hosts.match(host)
        assert match is not None
        return hosts.domain(host, match)

    assert domain("pg-42.abc.database.cloud.ovh.net") == "ovh.net"
    assert domain("db1.abc.eu-west-3.rds.amazonaws.com") == "amazonaws.com"
    assert domain("mine.live.dynatrace.com") == "dynatrace.com"


def test_placeholders() -> None:
    assert without_openings("https://${HOST}:$(PORT)/{{ path }}") == (
        f"https://{HOLE}:{HOLE}/{HOLE}"
    )
    assert without_openings("<no value>.acme.io") == f"{HOLE}.acme.io"
    assert without_openings("cost: 5$") == "cost: 5$"


def test_decoded() -> None:
    assert decoded("prod:ZXUtd2VzdC0zLmF3cy5lbGFzdGljLWNsb3VkLmNvbSRhYmM=").startswith("eu-west-3")
    assert decoded("prod:ZXU") == "eu"
    assert decoded("\x00é") == ""
