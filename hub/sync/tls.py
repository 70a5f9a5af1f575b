"""TLS on both ends of the line: each shows a certificate of the city's authority, and asks for one.

A pair is one PEM file with a certificate and its key.
"""

from __future__ import annotations

import ssl
from pathlib import Path


def receiver_context(pair: Path, ca: Path, crl: Path | None = None) -> ssl.SSLContext:
    """For ``uvicorn.Config(ssl_context_factory=...)``: nobody gets in without a certificate of ``ca``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pair)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_REQUIRED
    _strike(context, crl)
    return context


def hub_context(pair: Path, ca: Path, crl: Path | None = None) -> ssl.SSLContext:
    """For ``httpx.Client(verify=...)``: only a server of ``ca`` is called; authorities of the system do not count."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(ca)
    context.load_cert_chain(pair)
    _strike(context, crl)
    return context


def _strike(context: ssl.SSLContext, crl: Path | None) -> None:
    if crl is not None:
        context.load_verify_locations(crl)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
