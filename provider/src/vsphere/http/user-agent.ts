// SPDX-License-Identifier: Apache-2.0
// Who we are, for the logs and the rules of proxies and firewalls. A test holds the version equal to the package's.

/** Sent with every request. @internal */
export const USER_AGENT = "pulumi-vsphere-trust-authority/0.2.0";
