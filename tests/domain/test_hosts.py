"""Which addresses a webhook may lead to."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from invited.domain.hosts import is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1"])
def test_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.0.170",
        "198.18.0.1",
        "203.0.113.7",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_no_other_place_is(address):
    assert not is_public(address)


@given(ip_addresses(v=4))
def test_no_wrapping_makes_an_address_public(address: IPv4Address):
    wrapped = f"::ffff:{address}", f"64:ff9b::{address}"
    assert {is_public(one) for one in wrapped} == {is_public(str(address))}
    assert not any(address.is_private or address.is_multicast for _ in "x" if is_public(str(address)))


def test_what_is_no_address_is_told():
    with pytest.raises(ValueError, match="example"):
        is_public("x.example")
