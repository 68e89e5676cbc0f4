# SPDX-License-Identifier: Apache-2.0
# Reads the pairs of files (certificate, key) that stdin names, one pair a line; writes an empty line for each pair that is read
# and fits, or why not.

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
    # OpenSSL takes many a thing under BEGIN PRIVATE KEY; Java and Go take PKCS#8 alone there.
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


for line in sys.stdin:
    problem = ""
    try:
        read(*line.split())
    except Exception as error:
        problem = repr(error)
    print(problem)
