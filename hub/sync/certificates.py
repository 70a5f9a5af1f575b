"""A city's small certificate authority: one for itself, one certificate for the receiver, one for each hall.

X.509 with P-256 keys, which every TLS stack takes. A certificate begins three days before it is made, so that a hall
whose clock is two days behind takes it. It opens the line; who a message is from its signing key says.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HALL_DAYS = 397
AUTHORITY_DAYS = 3653
ALARM_DAYS = 30
_BEFORE = timedelta(days=3)
_HASH = hashes.SHA256()


class BadCertificate(ValueError):
    """A file or a request that is not what it should be."""


def new_private() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_of(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Raises ``BadCertificate``."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadCertificate(f"密钥读不懂 / the key cannot be read: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadCertificate("不是椭圆曲线密钥 / no elliptic-curve key")
    return key


def pem(certificate: x509.Certificate | x509.CertificateSigningRequest | x509.CertificateRevocationList) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def certificate_of(pem: bytes) -> x509.Certificate:
    """Raises ``BadCertificate``."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise BadCertificate(f"证书读不懂 / the certificate cannot be read: {error}") from error


def new_authority(name: str, key: ec.EllipticCurvePrivateKey, at: datetime, days: int) -> x509.Certificate:
    """The certificate of an authority that signs itself and may sign no other authority."""
    subject = _name(name)
    built = _builder(subject, subject, key.public_key(), at, days)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    built = built.add_extension(_usage(signs_certificates=True), critical=True)
    return built.sign(key, _HASH)


def new_request(hall: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateSigningRequest:
    """What a hall hands over to get a certificate; its key stays."""
    return x509.CertificateSigningRequestBuilder().subject_name(_name(hall)).sign(key, _HASH)


def request_of(pem: bytes) -> tuple[str, ec.EllipticCurvePublicKey]:
    """The hall and the key of a request that its key has signed. Raises ``BadCertificate``."""
    try:
        request = x509.load_pem_x509_csr(pem)
        if not request.is_signature_valid:
            raise BadCertificate("申请的签名不对 / the request is not signed by its key")
    except (ValueError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise BadCertificate(f"申请读不懂 / the request cannot be read: {error}") from error
    key = request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise BadCertificate("不是椭圆曲线密钥 / no elliptic-curve key")
    return _common_name(request.subject), key


def issue_hall(
    hall: str,
    public: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    at: datetime,
    days: int,
) -> x509.Certificate:
    """A client certificate; the common name is the hall's id."""
    return _leaf(_name(hall), public, authority, key, at, days, ExtendedKeyUsageOID.CLIENT_AUTH, None)


def issue_server(
    hosts: list[str],
    public: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    at: datetime,
    days: int,
) -> x509.Certificate:
    """The receiver's certificate, for names and addresses under which halls call it."""
    names = x509.SubjectAlternativeName([_host(host) for host in hosts])
    return _leaf(_name(hosts[0]), public, authority, key, at, days, ExtendedKeyUsageOID.SERVER_AUTH, names)


def revocation_list(
    revoked: dict[int, datetime], authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, at: datetime
) -> x509.CertificateRevocationList:
    """Good as long as the authority: a list that ran out would shut out every hall in an outage."""
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(at - _BEFORE)
        .next_update(authority.not_valid_after_utc)
    )
    for serial, since in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        built = built.add_revoked_certificate(entry)
    return built.sign(key, _HASH)


def hall_of(certificate: x509.Certificate) -> str:
    return _common_name(certificate.subject)


def days_left(certificate: x509.Certificate, at: datetime) -> int:
    """Whole days until it ends; negative once it has."""
    return (certificate.not_valid_after_utc - at) // timedelta(days=1)


def renewal_due(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether two thirds of its life are over."""
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return at >= certificate.not_valid_before_utc + life * 2 / 3


def certificate_said(certificate: x509.Certificate, at: datetime) -> tuple[str, str] | None:
    """What to tell people of a certificate that ends within ``ALARM_DAYS`` or has ended, in Chinese and English."""
    left = days_left(certificate, at)
    day = certificate.not_valid_after_utc.astimezone().date().isoformat()
    if left > ALARM_DAYS:
        return None
    if left < 0:
        return (
            f"连接网上大厅的证书已于 {day} 到期，线路不会再通。大厅照常办事，要上传的都留着。"
            "请运行 hallhub sync ca request，把申请带给市里签发（docs/sync-trust.md）。",
            f"The certificate for the line to the online hall ended on {day} and the line stays shut. The hall works "
            "on and keeps what is to be sent. Run hallhub sync ca request and carry the request to the city "
            "(docs/sync-trust.md).",
        )
    return (
        f"连接网上大厅的证书还有 {left} 天（{day}）到期。线路通时会自动更换；线路不通时请在到期前"
        "运行 hallhub sync ca request，把申请带给市里签发。",
        f"The certificate for the line to the online hall ends in {left} days ({day}). It is renewed over the line; "
        "while the line is cut, run hallhub sync ca request before then and carry the request to the city.",
    )


def _leaf(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    at: datetime,
    days: int,
    use: x509.ObjectIdentifier,
    names: x509.SubjectAlternativeName | None,
) -> x509.Certificate:
    built = _builder(subject, authority.subject, public, at, days)
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    built = built.add_extension(_usage(signs_certificates=False), critical=True)
    built = built.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    built = built.add_extension(issuer, critical=False)
    if names is not None:
        built = built.add_extension(names, critical=False)
    return built.sign(key, _HASH)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    start = at.astimezone(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _BEFORE)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
