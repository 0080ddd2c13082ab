"""Ports for the tests: what two processes of a run are given, and what is passed over."""

import socket

import pytest

from tests import ports


def test_two_processes_of_a_run_are_never_given_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a share of its own, all below the ports that the system gives away, and gives a port once."""
    # What is given here is nobody's; the other tests of this process go on where they were.
    monkeypatch.setattr(ports, "_given", ports._given)
    given = []
    for worker in ("gw0", "gw1", "gw13"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        given += [ports.free_port() for _ in range(400)]
    assert len({*given}) == len(given)
    assert max(given) < 32_768


def test_a_port_that_somebody_listens_at_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be given again here, since its turn has come again."""
    first = ports.free_port()
    monkeypatch.setattr(ports, "_given", ports._given - 1)
    with socket.create_server(("127.0.0.1", first)):
        assert ports.free_port() != first
