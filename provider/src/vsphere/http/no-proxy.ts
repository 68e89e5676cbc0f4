// SPDX-License-Identifier: Apache-2.0
// NO_PROXY as curl reads it: names with their subdomains, addresses in any spelling, networks in CIDR notation. Also
// taken, though not curl's: `*.name`, and a port after a name or address.

import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { ServerAddress } from "./address";

/** Whether `NO_PROXY` excepts a server from the proxy. @internal */
export function isExcepted(exceptions: string, address: ServerAddress): boolean {
  return exceptions.split(/[\s,]+/).some((exception) => exception !== "" && matches(exception, address));
}

function matches(exception: string, { host, port }: ServerAddress): boolean {
  if (exception === "*") return true;
  const [name, exceptedPort] = splitPort(exception);
  if (exceptedPort !== undefined && exceptedPort !== port) return false;
  return isIP(host) === 0 ? isInDomain(host, name) : isInNetwork(host, name);
}

/** A bare IPv6 address has colons of its own, and no port. */
function splitPort(exception: string): readonly [name: string, port: number | undefined] {
  const isBareIpv6 = exception.split(":").length > 2 && !exception.startsWith("[");
  const parts = isBareIpv6 ? undefined : /^(.*?)(?::(\d{1,5}))?$/.exec(exception);
  const name = (parts?.[1] ?? exception).replace(/^\[(.*)\](\/\d+)?$/, "$1$2");
  return [name, parts?.[2] === undefined ? undefined : Number(parts[2])];
}

function isInDomain(host: string, exception: string): boolean {
  const name = domainToASCII(exception.replace(/^\*?\./, "").replace(/\.$/, ""));
  return name !== "" && (host === name || host.endsWith(`.${name}`));
}

function isInNetwork(host: string, exception: string): boolean {
  const [network = "", bits, ...more] = exception.split("/");
  const family = familyOf(network);
  if (family === undefined || family !== familyOf(host) || more.length > 0) return false;
  const list = new BlockList();
  if (bits === undefined) list.addAddress(network, family);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === "ipv4" ? 32 : 128)) {
    list.addSubnet(network, Number(bits), family);
  }
  return list.check(host, family);
}

function familyOf(host: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(host);
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : undefined;
}
