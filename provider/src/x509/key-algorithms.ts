// SPDX-License-Identifier: Apache-2.0
// The keys that are supported, for certificates and private keys alike.

/**
 * OpenSSL's names of the supported curves, with NIST's. Source: CA/B Forum baseline requirements, section 6.1.5; nothing
 * is documented for this API.
 */
export const SUPPORTED_CURVES: ReadonlyMap<string, string> = new Map([
  ["prime256v1", "P-256"],
  ["secp384r1", "P-384"],
  ["secp521r1", "P-521"],
]);

/** Bits of RSA. Sources: vSphere's general rule for custom certificates (2048 to 16384). */
export const MIN_RSA_BITS = 2_048;
/** As {@link MIN_RSA_BITS}; OpenSSL verifies no larger ones either. */
export const MAX_RSA_BITS = 16_384;
/** Below it: a warning. Source: NIST SP 800-131A, 112 bit of strength is deprecated after 2030. */
export const ADVISED_RSA_BITS = 3_072;
/** Smallest usual RSA exponent. Source: CA/B Forum baseline requirements, section 6.1.6. */
export const ADVISED_RSA_EXPONENT = 65_537n;
