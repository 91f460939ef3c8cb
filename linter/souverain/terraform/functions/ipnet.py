"""IP network functions. Source: Terraform language documentation, "IP Network Functions"."""

from __future__ import annotations

import ipaddress

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform.errors import EvaluationError
from souverain.terraform.numerics import Number, integer
from souverain.values import ListOf, Value

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LEADING_ZEROS = regex(r"(?:(?<=^)|(?<=\.))0+(?=[0-9])")


def _network(prefix: str) -> Network:
    address, slash, length = prefix.partition("/")
    if not slash or not length.isascii() or not length.isdigit() or "%" in address:
        raise EvaluationError(phrase("expr.bad-document", format="CIDR"))
    if ":" not in address:
        address = _LEADING_ZEROS.sub("", address)
    try:
        return ipaddress.ip_network(f"{address}/{int(length[:4])}", strict=False)
    except ValueError:
        raise EvaluationError(phrase("expr.bad-document", format="CIDR")) from None


def _address(network: Network, number: int) -> str:
    return str(type(network.network_address)(number))


def cidrhost(prefix: str, number: Number) -> Value:
    """The address of a host in a network; negative numbers count from its end."""
    network, host = _network(prefix), integer(number, "cidrhost")
    size = network.num_addresses
    if host >= size or host < -size:
        raise EvaluationError(phrase("expr.cidr-space", prefix=str(network)))
    base = int(network.network_address)
    return _address(network, base + host if host >= 0 else base + size + host)


def cidrnetmask(prefix: str) -> Value:
    """The netmask of an IPv4 network."""
    network = _network(prefix)
    if network.version == 6:
        raise EvaluationError(phrase("expr.cidr-version"))
    return str(network.netmask)


def cidrsubnet(prefix: str, newbits: Number, number: Number) -> Value:
    """The network ``number`` of those that are ``newbits`` longer."""
    network = _network(prefix)
    bits, position = integer(newbits, "cidrsubnet"), integer(number, "cidrsubnet")
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen or not -(1 << bits) <= position < 1 << bits:
        raise EvaluationError(phrase("expr.cidr-space", prefix=str(network)))
    position %= 1 << bits
    start = int(network.network_address) + (position << (network.max_prefixlen - length))
    return f"{_address(network, start)}/{length}"


def cidrsubnets(prefix: str, *newbits: Number) -> Value:
    """Consecutive networks, each aligned to its own size."""
    network = _network(prefix)
    at = int(network.network_address)
    end = at + network.num_addresses
    found: list[str] = []
    for given in newbits:
        length = network.prefixlen + integer(given, "cidrsubnets")
        if not network.prefixlen < length <= network.max_prefixlen:
            raise EvaluationError(phrase("expr.cidr-space", prefix=str(network)))
        size = 1 << (network.max_prefixlen - length)
        start = -(-at // size) * size
        if start + size > end:
            raise EvaluationError(phrase("expr.cidr-space", prefix=str(network)))
        found.append(f"{_address(network, start)}/{length}")
        at = start + size
    return ListOf(found)
