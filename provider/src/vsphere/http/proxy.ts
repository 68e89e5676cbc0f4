// SPDX-License-Identifier: Apache-2.0
// Which proxy the environment names for a server: HTTPS_PROXY and NO_PROXY as curl reads them, lower case first.

import { CodedError } from "../../core/coded-error";
import type { ServerAddress } from "./address";
import { isExcepted } from "./no-proxy";

/**
 * The URL of the proxy for a server; undefined for a direct connection.
 *
 * @throws CodedError `ERR_CONFIG_INVALID` if the value is not an http or https URL; its text holds no credentials
 * @internal
 */
export function proxyFor(address: ServerAddress, environment: NodeJS.ProcessEnv): URL | undefined {
  const value = firstSet(environment["https_proxy"], environment["HTTPS_PROXY"]);
  if (value === undefined) return undefined;
  const exceptions = firstSet(environment["no_proxy"], environment["NO_PROXY"]) ?? "";
  if (isExcepted(exceptions, address)) return undefined;
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  } catch {
    throw invalid(
      "is not a URL",
      "write / ? # : and @ of the proxy's user and password as %2F %3F %23 %3A and %40, or check the port",
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid(`names a ${url.protocol} proxy`);
  return url;
}

function firstSet(...values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== "");
}

function invalid(
  why: string,
  remedy = 'set it to an http or https proxy, for example "http://proxy.example.com:3128"; SOCKS is not supported',
): CodedError {
  return new CodedError("ERR_CONFIG_INVALID", `HTTPS_PROXY ${why}`, { remedy });
}

/**
 * The value of `Proxy-Authorization`; undefined without user and password. A percent sign without two hexadecimal digits
 * is taken literally, as curl does.
 *
 * @internal
 */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === "" && proxy.password === "") return undefined;
  const credentials = Buffer.concat([percentDecoded(proxy.username), Buffer.from(":"), percentDecoded(proxy.password)]);
  return `Basic ${credentials.toString("base64")}`;
}

function percentDecoded(text: string): Buffer {
  const parts = text.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part) => (/^%[0-9a-f]{2}$/i.test(part) ? Buffer.from(part.slice(1), "hex") : Buffer.from(part))),
  );
}
