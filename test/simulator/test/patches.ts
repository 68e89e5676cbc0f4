// SPDX-License-Identifier: Apache-2.0
// What most tests do: replace the certificate with a new one, and compare certificates by their fingerprints.

import { X509Certificate } from "node:crypto";
import type { Simulator, TaskScript } from "../src/index";
import { makePair } from "./client-certificates";
import type { PlainAnswer } from "./plain-client";
import { certificatePath, plain } from "./plain-client";

/** The answer to a PATCH, and the certificate that it sent. */
export type SentPatch = PlainAnswer & { readonly certificate: string };

/** PATCHes the first key provider, or the one of `path`, with a certificate made for it. */
export async function patchNewPair(
  simulator: Simulator,
  headers: Record<string, string>,
  path: string = certificatePath(simulator),
): Promise<SentPatch> {
  const { certificate, privateKey } = await makePair();
  const body = { certificate, private_key: privateKey };
  return { ...(await plain(simulator, "PATCH", path, { headers, body })), certificate };
}

/** The same, with a task that follows a script. */
export function scriptedPatch(
  simulator: Simulator,
  headers: Record<string, string>,
  script: TaskScript,
): Promise<SentPatch> {
  simulator.faults.add({ match: { operation: "patch" }, action: { kind: "taskScript", script } });
  return patchNewPair(simulator, headers);
}

/** The task id of a 202. */
export function idOf(accepted: PlainAnswer): string {
  return JSON.parse(accepted.text) as string;
}

/** SHA-256 of a certificate. */
export function fingerprint(pem: string | null | undefined): string {
  return new X509Certificate(pem ?? "").fingerprint256;
}
