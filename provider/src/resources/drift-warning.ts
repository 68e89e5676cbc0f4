// SPDX-License-Identifier: Apache-2.0
// What is said of a certificate that is not the one of the state. Two stacks on one key provider cannot see each other: only
// this tells them.

/** @param live - SHA-256 of what is on the server; undefined if there is nothing. @internal */
export function driftWarning(live: string | undefined, saved: string): string {
  const found = live === undefined ? "no certificate" : `the certificate with SHA-256 ${live}`;
  return (
    `the server holds ${found}, the state names SHA-256 ${saved}. \`pulumi up --refresh\` repairs that. If it comes back after each repair, another stack or ` +
    "TrustAuthorityProvider manages the same key provider, and each undoes the other: keep it in one of them"
  );
}
