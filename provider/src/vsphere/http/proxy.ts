// SPDX-License-Identifier: Apache-2.0
// Which proxy the environment names for a server: HTTPS_PROXY and NO_PROXY as curl reads them, lower case first.

import { CodedError } from "../../core/coded-error";
import type { ServerAddress } from "./address";

/**
 * Finds the proxy for a server.
 *
 * @param address - the server
 * @param environment - where `https_proxy`, `HTTPS_PROXY`, `no_proxy`, `NO_PROXY` are looked up
 * @returns the proxy's URL, or undefined for a direct connection
 * @throws CodedError `ERR_CONFIG_INVALID` where the value is no http or https URL; its text holds no credentials
 * @internal
 */
export function proxyFor(address: ServerAddress, environment: NodeJS.ProcessEnv): URL | undefined {
  const value = firstSet(environment["https_proxy"], environment["HTTPS_PROXY"]);
  if (value === undefined) return undefined;
  const exceptions = firstSet(environment["no_proxy"], environment["NO_PROXY"]) ?? "";
  if (exceptions.split(/[\s,]+/).some((exception) => matches(exception, address))) return undefined;
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  } catch {
    throw invalid("is no URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid(`names a ${url.protocol} proxy`);
  return url;
}

function matches(exception: string, { host, port }: ServerAddress): boolean {
  if (exception === "*") return true;
  // A bare IPv6 address has colons of its own, and no port.
  const isBareIpv6 = exception.split(":").length > 2 && !exception.startsWith("[");
  const parts = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isBareIpv6 ? `[${exception}]` : exception);
  const name = parts?.[1]?.toLowerCase().replace(/^\*?\./, "") ?? "";
  if (name === "" || (parts?.[2] !== undefined && Number(parts[2]) !== port)) return false;
  return host === name || host.endsWith(`.${name}`);
}

function firstSet(...values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== "");
}

function invalid(why: string): CodedError {
  return new CodedError("ERR_CONFIG_INVALID", `HTTPS_PROXY ${why}`, {
    remedy: 'set it to an http or https proxy, for example "http://proxy.example.com:3128"; SOCKS is not supported',
  });
}
