"""What offers and services can do, and what names suggest."""

from __future__ import annotations

import pytest

from souverain.catalog import load_catalog
from souverain.catalog.model import Offer, OfferMatch, Service
from souverain.catalog.offers import possible_offers


def offer(id_: str, *matches: OfferMatch) -> Offer:
    return Offer(id_, "x", id_, ("iaas",), matches, ())


STORE = Service("x-store", "paas", "object-storage", ("x_bucket", "x_object_*"))
ANY = offer("any", OfferMatch())


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        # A region leaves the other offers possible; anything that is certain ends the search.
        (OfferMatch(regions=("eu-*",)), [("first", ("eu-*",)), ("any", ())]),
        (OfferMatch(types=("x_bucket*",)), [("first", ())]),
        (OfferMatch(types=("x_object_*",)), [("first", ())]),
        (
            OfferMatch(services=("*-store",), regions=("a", "b")),
            [("first", ("a", "b")), ("any", ())],
        ),
        (OfferMatch(types=("x_vm",)), [("any", ())]),
        (OfferMatch(services=("x-vm",)), [("any", ())]),
        (OfferMatch(layers=("iaas",)), [("any", ())]),
        # A host is one door of many.
        (OfferMatch(hosts=("*.x.fr",)), [("any", ())]),
        (OfferMatch(hosts=("*.x.fr",), services=("x-store",)), [("first", ()), ("any", ())]),
    ],
)
def test_offers_that_may_hold_a_service(
    first: OfferMatch, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = possible_offers([offer("first", first), ANY], STORE)
    assert [(each.id, regions) for each, regions in found] == expected


@pytest.mark.parametrize(
    ("operator", "capability", "services"),
    [
        ("scaleway", "object-storage", {"scaleway-object-storage"}),
        ("aws", "managed-kubernetes", {"amazon-eks"}),
        # S3NS and Bleu run the technology, and so the resource types, of another.
        ("s3ns", "managed-kubernetes", {"google-kubernetes-engine"}),
        ("bleu", "object-storage", {"azure-storage"}),
        ("worldline", "object-storage", set()),
    ],
)
def test_services_by_capability(operator: str, capability: str, services: set[str]) -> None:
    found = load_catalog().services(operator, capability)
    assert services <= {service.id for service in found}
    assert bool(services) == bool(found)
    assert all(service.capability == capability and service.types for service in found)


def test_every_capability_has_a_layer() -> None:
    catalog = load_catalog()
    assert catalog.infrastructure < set(catalog.capabilities())
    assert "caas" in catalog.layers("managed-kubernetes")
    assert catalog.layers("teleportation") == frozenset()


def test_technology_exposes_to_no_law() -> None:
    catalog = load_catalog()
    assert catalog.exposed_to("aws") == {"US"}
    assert catalog.exposed_to("s3ns") == frozenset()
    assert catalog.exposed_to("nobody") == frozenset()


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("prod", "production"),
        ("eu-west-3_PRD", "production"),
        ("pre-prod", "recette"),
        ("preprod", "recette"),
        ("dev.auto", "dev"),
        ("bac-a-sable", "sandbox"),
        ("device", None),
        ("product", None),
    ],
)
def test_names_suggest_environments(name: str, environment: str | None) -> None:
    assert load_catalog().environments().suggested(name) == environment
