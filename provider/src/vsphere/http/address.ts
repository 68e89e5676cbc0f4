// SPDX-License-Identifier: Apache-2.0
// The address of a vCenter as people write it, and as it is compared and stored.

import { domainToASCII } from "node:url";
import { CodedError } from "../../core/coded-error";
import { visible } from "../../core/visible";

/** Host and port of a vCenter. @internal */
export interface ServerAddress {
  /** Lower-case host name or IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Canonical form for comparison and state: lower-case host without final dot, `:port` unless 443, IPv6 in brackets. */
  readonly authority: string;
}

/**
 * Reads a server address: `host`, `host:port`, `[IPv6]:port` or an https URL without path, user or query.
 *
 * @throws CodedError `ERR_CONFIG_INVALID`
 * @internal
 */
export function parseServerAddress(text: string): ServerAddress {
  const trimmed = text.trim();
  const invalid = (why: string): CodedError =>
    new CodedError("ERR_CONFIG_INVALID", `server "${visible(withoutUserInfo(trimmed), 100)}" ${why}`, {
      remedy: 'give a host, host:port or https URL, for example "vcenter-ta.example.com"',
    });
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) && !/^https:\/\//i.test(trimmed)) {
    throw invalid("must be reached over https");
  }
  let url: URL;
  try {
    url = new URL(/^https:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  } catch {
    throw invalid("is not a host, host:port or https URL");
  }
  if (url.username !== "" || url.password !== "") throw invalid("must not carry a user or a password");
  if (!/^\/*$/.test(url.pathname) || url.search !== "" || url.hash !== "" || /[\s\\]/.test(trimmed)) {
    throw invalid("must not have a path, a query or spaces");
  }
  // The dot of a fully qualified name is not part of the name in SNI, in a certificate and in the state.
  const name = url.hostname.replace(/\.$/, "");
  const host = name.replace(/^\[|\]$/g, "");
  if (host === "" || host.endsWith(".") || (!host.includes(":") && domainToASCII(host) === ""))
    throw invalid("has no host");
  const port = url.port === "" ? 443 : Number(url.port);
  if (port === 0) throw invalid("has port 0");
  return { host, port, authority: port === 443 ? name : `${name}:${port}` };
}

/** A state's `server` in canonical form (0.1.0 kept the final dot); what is no address is returned unchanged. @internal */
export function canonicalAuthority(authority: string): string {
  try {
    return parseServerAddress(authority).authority;
  } catch {
    return authority;
  }
}

function withoutUserInfo(text: string): string {
  // Up to the last @: a password may hold a slash, or an @ of its own.
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[\s\S]*@/i, "$1…@");
}
