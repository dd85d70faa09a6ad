"""Calls of the hub over HTTP or HTTPS: sections 1, 2 (mail) and 6 (content) of docs/wire-format.md."""

import hashlib
import http.client
import ipaddress
import json
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT_S = 10


class Unreachable(Exception):
    """No answer, or one that cannot be taken; what is asked for is tried again."""


class Answer(NamedTuple):
    status: int
    headers: object
    body: bytes
    certificate: bytes

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Unreachable(f"an answer that is no JSON: {error}") from error


def any_certificate():
    """Takes any certificate: for enrolment, where the short string tells who was at the other end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def vouched_by(pem):
    """Takes servers whose certificate one of these vouches for, and is for the host that is called."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname, context.verify_mode = True, ssl.CERT_REQUIRED
    # A leaf that is itself among the certificates vouches for itself.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context


def call(base, method, path, *, context=None, token=None, body=None, most=65536):
    """One call. `most` is how many bytes of an answer are read; a longer one is none."""
    address = urlsplit(base)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise Unreachable(f"{base!r} is no address of a hub")
    try:
        port = address.port
    except ValueError as error:
        raise Unreachable(f"{base!r} is no address of a hub") from error
    if address.scheme == "https":
        wire = http.client.HTTPSConnection(address.hostname, port, timeout=TIMEOUT_S, context=context or any_certificate())
    else:
        wire = http.client.HTTPConnection(address.hostname, port, timeout=TIMEOUT_S)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        body = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    try:
        wire.request(method, address.path.rstrip("/") + path, body, headers)
        # Over plain HTTP there is no certificate: 32 zero bytes stand for it.
        certificate = bytes(32)
        if address.scheme == "https":
            certificate = hashlib.sha256(wire.sock.getpeercert(binary_form=True)).digest()
        response = wire.getresponse()
        data = response.read(most + 1)
        if len(data) > most:
            raise Unreachable(f"an answer of more than {most} bytes")
        return Answer(response.status, response.headers, data, certificate)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{base}: {error}") from error
    finally:
        wire.close()


def host_of(address):
    return urlsplit(address).hostname or ""


def with_host(address, host):
    """The address; an unspecified host (0.0.0.0, ::) stands for `host`."""
    parts = urlsplit(address)
    try:
        unspecified = ipaddress.ip_address(parts.hostname or "").is_unspecified
    except ValueError:
        unspecified = False
    if not unspecified:
        return address
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=shown if parts.port is None else f"{shown}:{parts.port}").geturl()
