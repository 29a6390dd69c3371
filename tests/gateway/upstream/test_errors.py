"""Every error of a socket, of TLS or of the parser becomes one of ours."""

import inspect
import socket
import ssl

import httptools
import pytest
from httptools.parser import errors as parser_errors

from gateway.upstream import errors
from gateway.upstream.errors import UpstreamFailure, translate

TABLE = {
    "refused": (ConnectionRefusedError(111, "Connection refused"), "connect", "connect_refused"),
    "unreachable": (OSError(101, "Network is unreachable"), "connect", "connect_failed"),
    "no more files": (OSError(24, "Too many open files"), "connect", "no_socket"),
    "no such name": (socket.gaierror(-2, "Name or service not known"), "connect", "dns"),
    "a name that is none": (UnicodeError("label too long"), "connect", "dns"),
    "kernel timeout": (TimeoutError(110, "timed out"), "connect", "connect_timeout"),
    "certificate": (ssl.SSLCertVerificationError(1, "x"), "connect", "tls"),
    "handshake": (ssl.SSLError(1, "x"), "connect", "tls"),
    "reset before the head": (ConnectionResetError(104, "reset"), "headers", "closed_early"),
    "reset in the body": (ConnectionResetError(104, "reset"), "body", "closed_early"),
    "TLS in the body": (ssl.SSLError(1, "x"), "body", "tls"),
    "parser": (httptools.HttpParserError("Invalid"), "headers", "protocol"),
    "upgrade": (httptools.HttpParserUpgrade(3), "headers", "protocol"),
    "anything else": (RuntimeError("x"), "body", "closed_early"),
}


@pytest.mark.parametrize(("error", "phase", "kind"), TABLE.values(), ids=TABLE.keys())
def test_a_foreign_error_becomes_ours(error, phase, kind):
    failure = translate(error, "vendor:443", phase)
    assert (failure.kind, failure.phase) == (kind, phase)
    assert str(failure).startswith("vendor:443: ") and phase in str(failure)


def test_our_own_failure_is_left_alone():
    failure = errors.TooLarge("h", "headers", "x")
    assert translate(failure, "h", "headers") is failure


def test_every_error_of_the_parser_is_mapped():
    for _, kind in inspect.getmembers(parser_errors, inspect.isclass):
        if issubclass(kind, Exception):
            assert translate(kind("x"), "h", "body").kind == "protocol"


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = errors.__doc__ or ""
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, UpstreamFailure):
            assert name in drawn, f"{name} is missing from the tree"
            if "kind" in vars(kind) and kind is not UpstreamFailure:
                assert kind.kind in drawn


def test_kinds_are_distinct():
    kinds = [
        kind.kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, UpstreamFailure) and "kind" in vars(kind)
    ]
    assert len(kinds) == len(set(kinds))
