"""Whose request it is, as far as limits go."""

from ipaddress import IPv6Address, ip_address

from tornado.httputil import HTTPServerRequest


def asker(request: HTTPServerRequest, proxies: int) -> str:
    """Who sent a request through so many proxies; see `address_of`."""
    return address_of(request.remote_ip or "", request.headers.get("X-Forwarded-For", ""), proxies)


def address_of(peer: str, forwarded: str, proxies: int) -> str:
    """Whose request it is: each of `proxies` in front of us has added to `forwarded` whom it was asked by.

    What stands further left may be anything. Of an IPv6 address only the network counts, which one visitor has whole.
    """
    named = [part.strip() for part in forwarded.split(",") if part.strip()]
    address = named[-proxies] if 0 < proxies <= len(named) else peer
    try:
        parsed = ip_address(address)
    except ValueError:
        return peer
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return parsed.exploded[:19]
    return str(parsed)
