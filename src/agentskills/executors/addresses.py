"""Which network addresses REST skills may call: public ones, and private ones only where configured."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from agentskills.domain.errors import SkillFailed

_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The hosts that may lie in private networks, with or without a port."""

    entries: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> AllowedHosts:
        """Read a comma-separated list of host[:port], such as `private_hosts` of the settings."""
        return cls(frozenset(part.strip().lower() for part in text.split(",") if part.strip()))

    def allow(self, host: str, port: int) -> bool:
        """Say whether this host may be private."""
        shown = f"[{host}]" if ":" in host else host
        return not self.entries.isdisjoint({host, shown, f"{shown}:{port}"})


async def checked_addresses(host: str, port: int, allowed: AllowedHosts) -> list[str]:
    """Return the addresses of a host, all of which may be called.

    Connect to one of these and to no other, or a second look-up could lead elsewhere. Raises
    `SkillFailed` (name-not-found, private-address); nothing has been sent then.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SkillFailed(
            f"the host {host} was not found: {error}", error_type="name-not-found", nothing_happened=True
        ) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allowed.allow(host.lower(), port):
        for address in addresses:
            if not is_public(address):
                raise SkillFailed(
                    f"{host} is {address}, in a private network; "
                    f"allow it with ASF_PRIVATE_HOSTS={host}:{port}",
                    error_type="private-address",
                    retryable=False,
                    nothing_happened=True,
                )
    return addresses


def literal_addresses(host: str) -> list[str]:
    """Return the addresses that a host is without a look-up, however it is written; none for a name.

    `127.1` and `2130706433` are addresses, too, and `localhost` never is anything else.
    """
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return ["127.0.0.1", "::1"]
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Say whether an address belongs to the public internet, also when an IPv4 one hides in an IPv6 one."""
    ip = ip_address(address.partition("%")[0])
    return all(_public(each) for each in (ip, *_inside(ip)))


def _public(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_unspecified


def _inside(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    hidden = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        hidden.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in hidden if each is not None]
