// SPDX-License-Identifier: Apache-2.0
// The vCenter itself: login, API, privileges, clusters, key providers with their health, certificates with their dates.

import { systemClock } from "../../core/clock";
import { listClusters } from "../../kms/list";
import { readCertificateIfAny } from "../../kms/read-certificate";
import { ResourceError } from "../../process/failure";
import type { ReadingSession } from "../../process/reading-session";
import type { CertificateInfo } from "../../x509/certificate";
import { defaultExpiryWarningDays } from "../../x509/rules";
import type { Flags } from "../command-line";
import { counted, timeLeft } from "../in-words";
import { problemsOf, takeInventory } from "../inventory";
import type { FoundCluster, FoundKeyProvider } from "../inventory";
import { bad, ofError, ok } from "./finding";
import type { Finding } from "./finding";

const DAY_MS = 86_400_000;

/** Reports each step as it ends. @internal */
export async function checkVcenter(
  session: ReadingSession,
  flags: Flags,
  report: (finding: Finding) => void,
): Promise<void> {
  try {
    await session.read({ what: "Logging in" }, ({ connection, deadline }) => connection.api.login(deadline));
  } catch (error) {
    report(ofError("login", error));
    return;
  }
  report(ok("login", "user and password are accepted"));
  try {
    await session.read({ what: "Listing the Trust Authority clusters" }, listClusters);
  } catch (error) {
    const isAbsent = error instanceof ResourceError && error.code === "ERR_ENDPOINT_ABSENT";
    const isForbidden = error instanceof ResourceError && error.code === "ERR_AUTHORIZATION";
    report(ofError(isAbsent ? "api" : isForbidden ? "privileges" : "clusters", error));
    return;
  }
  report(ok("api", "the Trust Authority API is there (vSphere 7.0 to 8.0 U3)"));
  await checkClusters(session, flags, report);
}

async function checkClusters(session: ReadingSession, flags: Flags, report: (finding: Finding) => void): Promise<void> {
  let clusters: readonly FoundCluster<CertificateInfo>[];
  try {
    const each = { what: "Reading the client certificate", read: readCertificateIfAny };
    clusters = await takeInventory(session, flags, each);
  } catch (error) {
    const isGiven = (flags["cluster"] ?? flags["key-provider"]) !== undefined;
    const fix = `${isGiven ? "check the id that you gave, and " : ""}check that the server is the Trust Authority vCenter, not the workload vCenter`;
    report({ ...ofError("clusters", error), fix });
    return;
  }
  for (const { cluster, state, keyProviders, problem } of clusters) {
    const check = `cluster ${cluster}`;
    if (problem !== undefined) report(ofError(check, problem));
    else if (state !== "ENABLE")
      report(bad("warning", check, `its state is ${state}`, "enable Trust Authority on the cluster"));
    else if (keyProviders.length === 0)
      report(
        bad(
          "warning",
          check,
          "it has no key provider",
          "add one in vCenter, or with New-TrustAuthorityKeyProvider of PowerCLI",
        ),
      );
    else report(ok(check, `${state}, ${counted(keyProviders.length, "key provider")}`));
    for (const one of keyProviders) for (const finding of ofKeyProvider(one)) report(finding);
  }
  if (problemsOf(clusters).length === 0) {
    report(
      ok(
        "privileges",
        "reading works (TrustedAdmin.ReadTrustedHosts, TrustedAdmin.ReadKMSTrust, System.View); replacing also needs TrustedAdmin.ManageKMSTrust, which cannot be checked without a write",
      ),
    );
  }
}

function ofKeyProvider({ cluster, keyProvider, health, found, problem }: FoundKeyProvider<CertificateInfo>): Finding[] {
  const name = `${cluster}/${keyProvider}`;
  const check = `certificate ${name}`;
  const healthFinding = ofHealth(`key-provider ${name}`, health, found !== undefined);
  if (problem !== undefined) return [healthFinding, ofError(check, problem)];
  if (found === undefined) {
    return [
      healthFinding,
      bad("warning", check, "the hosts have no client certificate", "declare one, for example a KmsClientCertificate"),
    ];
  }
  return [healthFinding, ofDates(check, found)];
}

/** The words that people search for are those of vCenter and of VMware's knowledge base. */
function ofHealth(check: string, health: string, hasCertificate: boolean): Finding {
  if (health === "OK")
    return ok(check, "health OK, as vCenter reports it (single keys may still be missing at the key server)");
  if (health === "NONE")
    return bad(
      "warning",
      check,
      "health NONE: vCenter has no answer of the key server yet",
      "wait a minute, then run doctor again",
    );
  if (health !== "WARNING" && health !== "ERROR")
    return bad(
      "warning",
      check,
      `health ${health}: this is not a health that vSphere documents`,
      "check the key provider in vCenter",
    );
  const signs =
    'Signs of it in vCenter: "Virtual machine is locked because of a KMS cluster error", "The disk … is encrypted and a required key was not found", QLC_ERR_VALUE_MISSING';
  const fix = !hasCertificate
    ? "give the hosts a client certificate that the key server accepts"
    : "check at the key server that the certificate below is registered and not revoked, that it has the extended key usage clientAuth, and that hosts reach the key server (KMIP, port 5696)";
  return bad(health === "WARNING" ? "warning" : "error", check, `health ${health}. ${signs}`, fix);
}

function ofDates(check: string, certificate: CertificateInfo): Finding {
  const { subject, sha256Fingerprint, notAfter, notAfterMs, notBefore, notBeforeMs } = certificate;
  const found = `${subject}, SHA-256 ${sha256Fingerprint}, not after ${notAfter} (${timeLeft(certificate)})`;
  const nowMs = systemClock.wallMs();
  const leftMs = notAfterMs - nowMs;
  const fix = "renew it: register the new certificate at the key server, then run `pulumi up`";
  if (leftMs <= 0) {
    return bad("error", check, `${found}: hosts may not get keys at their next reboot`, fix);
  }
  if (notBeforeMs > nowMs)
    return bad(
      "warning",
      check,
      `${found}: not valid before ${notBefore}`,
      "check the clock of this machine, and have the certificate issued with the right dates",
    );
  return leftMs < defaultExpiryWarningDays(certificate) * DAY_MS ? bad("warning", check, found, fix) : ok(check, found);
}
