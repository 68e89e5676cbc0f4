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
import { forFlags } from "../settings-flags";
import { bad, ofError, ok } from "./finding";
import type { Finding } from "./finding";

/** One step of the way takes this long at most, milliseconds. */
const STEP_TIMEOUT_MS = 5_000;

/** Reports each step as it ends. @returns whether a login may be tried @internal */
export async function checkWay(
  { access }: ReadingSession,
  environment: NodeJS.ProcessEnv,
  report: (finding: Finding) => void,
): Promise<boolean> {
  const resolved = access.where();
  const problems: unknown[] = "where" in resolved ? [] : [...resolved.problems];
  await access.credentials(AbortSignal.timeout(STEP_TIMEOUT_MS)).catch((error: unknown) => problems.push(error));
  for (const problem of problems) report(ofError("settings", forFlags(problem)));
  if (!("where" in resolved)) return false;
  const { where } = resolved;
  const { address } = where;
  if (problems.length === 0) report(ok("settings", `${address.authority}, ${trustOf(where)}`));
  try {
    const proxy = proxyFor(address, environment);
    if (proxy === undefined) {
      if (!(await reported(report, "name", () => checkName(address)))) return false;
      if (!(await reported(report, "tcp", () => checkTcp(address)))) return false;
    } else {
      report(ok("proxy", `through ${proxy.host} (HTTPS_PROXY), which resolves the name and connects`));
    }
  } catch (error) {
    report(ofError("proxy", error));
    return false;
  }
  const isTrusted = await reported(report, "tls", () => checkTls(where, environment, report));
  return isTrusted && problems.length === 0;
}

async function reported(
  report: (finding: Finding) => void,
  check: string,
  step: () => Promise<Finding>,
): Promise<boolean> {
  const finding = await step().catch((error: unknown) => ofError(check, error));
  report(finding);
  return finding.status !== "error";
}

function trustOf({ ca, fingerprint, allowUnverifiedTls }: Where): string {
  if (allowUnverifiedTls && fingerprint === undefined) return "TLS NOT verified";
  if (fingerprint !== undefined) return "verified by a pinned fingerprint";
  return ca === undefined ? "verified by Node's own roots" : "verified by a CA of your own";
}

async function checkName({ host }: ServerAddress): Promise<Finding> {
  if (isIP(host) !== 0) return ok("name", `${host} is an address: nothing to look up`);
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
    const fix = "check the port, the firewall and that vCenter runs; behind a proxy set HTTPS_PROXY";
    socket.once("connect", () => {
      end(ok("tcp", `port ${port} answers in ${Math.ceil(performance.now() - beganMs)} ms`));
    });
    socket.once("timeout", () => {
      end(bad("error", "tcp", `port ${port} does not answer within ${STEP_TIMEOUT_MS / 1000} s`, fix));
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      end(bad("error", "tcp", `port ${port} refuses the connection (${error.code ?? "unknown"})`, fix));
    });
  });
}

/** Reads the certificate first, without a check and without sending anything: its fingerprint is what to pin. */
async function checkTls(
  where: Where,
  environment: NodeJS.ProcessEnv,
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
      "allowUnverifiedTls is on: anybody on the way can read the private key",
      "compare the SHA-256 above with vCenter's own, then set VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT to it",
    );
  }
  const ca = where.ca === undefined ? undefined : await readCa(where.ca);
  const socket = await new Connector(address, { ca, fingerprint, allowUnverified: allowUnverifiedTls }, options).open();
  const protocol = socket.getProtocol() ?? "TLS";
  socket.destroy();
  return ok("tls", `${protocol}, ${trustOf(where)}`);
}
