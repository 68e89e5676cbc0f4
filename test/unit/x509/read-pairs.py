# SPDX-License-Identifier: Apache-2.0
# Reads pairs of files (certificate, key) named on stdin as JSON; writes null for each pair that is read and fits, or why not.

import json
import ssl
import sys

try:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
except ImportError:
    x509 = None


def read(certificate, key):
    # Fails for a key that is not the certificate's.
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key)
    # OpenSSL takes many a thing under BEGIN PRIVATE KEY; Java and Go take PKCS#8 alone.
    with open(key) as file:
        label, *_, end = file.read().splitlines()
    if (label, end) != ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"):
        raise ValueError("not PKCS#8: " + label)
    if x509 is None:
        return
    with open(certificate, "rb") as file:
        of_certificate = x509.load_pem_x509_certificate(file.read()).public_key()
    with open(key, "rb") as file:
        of_key = load_pem_private_key(file.read(), None).public_key()
    if of_certificate != of_key:
        raise ValueError("the key is not the certificate's")


def problem(pair):
    try:
        read(*pair)
        return None
    except Exception as error:
        return repr(error)


json.dump([problem(pair) for pair in json.load(sys.stdin)], sys.stdout)
