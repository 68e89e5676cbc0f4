// SPDX-License-Identifier: Apache-2.0
// The way to the vCenter: settings, name, TCP, TLS. Nothing is sent yet.

import type { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import type { ReadingSession } from "../../process/reading-session";
import { readCa } from "../../process/connection";
import type { Where } from "../../process/settings";
import type { ServerAddress } from "../../vsphere/http/address";
import { Connector } from "../../vsphere/http/connector";
import { proxyFor } from "../../vsphere/http/proxy";
import type { CommandSettings } from "../settings-flags";
import { bad, ofError, ok } from "./finding";
import type { Finding } from "./finding";

/** One step of the way takes this long at most, milliseconds. */
const STEP_TIMEOUT_MS = 5_000;

/** Reports each step as it ends. @returns whether a login may be tried @internal */
export async function checkWay(
  { access }: ReadingSession,
  settings: CommandSettings,
  report: (finding: Finding) => void,
): Promise<boolean> {
  const { environment, names } = settings;
  const failure = (check: string, error: unknown): Finding => ofError(check, names.explain(error));
  const reported = async (check: string, step: () => Promise<Finding>): Promise<boolean> => {
    const finding = await step().catch((error: unknown) => failure(check, error));
    report(finding);
    return finding.status !== "error";
  };
  const resolved = access.where();
  const problems: unknown[] = "where" in resolved ? [] : [...resolved.problems];
  await access.credentials().catch((error: unknown) => problems.push(error));
  for (const problem of problems) report(failure("settings", problem));
  if (!("where" in resolved)) return false;
  const { where } = resolved;
  const { address } = where;
  if (problems.length === 0) report(ok("settings", `${address.authority}, ${trustOf(where)}`));
  try {
    const proxy = proxyFor(address, environment);
    if (proxy === undefined) {
      if (!(await reported("name", () => checkName(address)))) return false;
      if (!(await reported("tcp", () => checkTcp(address)))) return false;
    } else {
      report(ok("proxy", `through ${proxy.host} (HTTPS_PROXY), which resolves the name and connects`));
    }
  } catch (error) {
    report(failure("proxy", error));
    return false;
  }
  const isTrusted = await reported("tls", () => checkTls(where, settings, report));
  return isTrusted && problems.length === 0;
}

function trustOf({ ca, fingerprint, allowUnverifiedTls }: Where): string {
  const isUnverified = allowUnverifiedTls && fingerprint === undefined;
  return isUnverified ? "TLS NOT verified" : `to be verified by ${verifierOf({ ca, fingerprint })}`;
}

function verifierOf({ ca, fingerprint }: Pick<Where, "ca" | "fingerprint">): string {
  if (fingerprint !== undefined) return "a pinned fingerprint";
  return ca === undefined ? "Node's own roots" : "a CA of your own";
}

async function checkName({ host }: ServerAddress): Promise<Finding> {
  if (isIP(host) !== 0) return ok("name", `${host} is an IP address: DNS is not asked`);
  try {
    const addresses = await lookup(host, { all: true });
    return ok("name", `${host} is ${addresses.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return bad(
      "error",
      "name",
      `${host} is not found in DNS (${code})`,
      "check the name, this machine's DNS servers and the VPN; behind a proxy set HTTPS_PROXY",
    );
  }
}

function checkTcp({ host, port }: ServerAddress): Promise<Finding> {
  return new Promise((resolve) => {
    const beganMs = performance.now();
    const socket = connect({ host, port, timeout: STEP_TIMEOUT_MS });
    const end = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    const fix = "check the port, the firewall, the VPN and that vCenter runs; behind a proxy set HTTPS_PROXY";
    socket.once("connect", () => {
      end(ok("tcp", `port ${port} answers in ${Math.ceil(performance.now() - beganMs)} ms`));
    });
    socket.once("timeout", () => {
      end(bad("error", "tcp", `port ${port} does not answer within ${STEP_TIMEOUT_MS / 1000} s`, fix));
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const isRefused = error.code === "ECONNREFUSED";
      const found = isRefused ? `port ${port} refuses the connection` : `port ${port} cannot be reached`;
      end(bad("error", "tcp", `${found} (${error.code ?? "unknown"})`, fix));
    });
  });
}

/** Reads the certificate first, without a check and without sending anything: its fingerprint is what to pin. */
async function checkTls(
  where: Where,
  { environment, names }: CommandSettings,
  report: (finding: Finding) => void,
): Promise<Finding> {
  const { address, fingerprint, allowUnverifiedTls } = where;
  const options = { environment, timeoutMs: 2 * STEP_TIMEOUT_MS };
  let shown: X509Certificate | undefined;
  const onCertificate = (certificate: X509Certificate): void => {
    shown = certificate;
  };
  const seen = await new Connector(address, { allowUnverified: true }, { ...options, onCertificate }).open();
  seen.destroy();
  const until = shown === undefined ? "unknown" : new Date(shown.validTo).toISOString();
  report(ok("tls-certificate", `SHA-256 ${shown?.fingerprint256 ?? "unknown"}, valid until ${until}`));
  if (allowUnverifiedTls && fingerprint === undefined) {
    return bad(
      "warning",
      "tls",
      `${names.nameOf("ALLOW_UNVERIFIED_TLS")} is on: anybody on the way can read the private key`,
      "compare the SHA-256 above with vCenter's own, then set VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT to it in its place",
    );
  }
  const ca = where.ca === undefined ? undefined : await readCa(where.ca);
  const socket = await new Connector(address, { ca, fingerprint, allowUnverified: allowUnverifiedTls }, options).open();
  const protocol = socket.getProtocol() ?? "TLS";
  socket.destroy();
  return ok("tls", `${protocol}, verified by ${verifierOf(where)}`);
}
