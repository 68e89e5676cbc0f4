// SPDX-License-Identifier: Apache-2.0
// I1: success rests on a proof.

import assert from "node:assert/strict";
import { ENDS } from "./judged";
import type { Judged } from "./judged";
import type { Happening } from "./model-key-provider";

/** I1 and I2: a program that waits for the key server succeeds only if it accepts the certificate; else that stays open. */
export function assertHealth({ resource, outcome, happenings, patches }: Judged): void {
  const { saved, options, isMadeByHosts } = resource;
  const isPending = saved?.outputs["pendingHealth"] === true;
  const isAwaited = outcome.ended === "not finished" && outcome.message.includes("ERR_KEY_SERVER_HEALTH");
  assert.ok(isPending || !isAwaited, "I2: the awaited health was not saved");
  if (outcome.ended !== "ok") return;
  const last = happenings.findLast((h) => h.type === "health-result");
  if (outcome.method === "none") assert.ok(!isPending, "I2: an awaited health was taken for no change");
  if (outcome.method !== "create" && outcome.method !== "update") return;
  assert.ok(!isPending, "I1: success although the health is awaited");
  if (isMadeByHosts || options.waitForHealth !== true || patches === 0) return;
  assert.ok(last?.health === "OK" || last?.health === "WARNING", "I1: success although the key server refuses it");
}

/** Whether a fingerprint is what was wanted. What the hosts make is any other than the last read before the first write. */
export function wantedBy({ resource, before, happenings, fingerprintOf }: Judged): (fingerprint?: string) => boolean {
  if (!resource.isMadeByHosts) return (fingerprint) => fingerprint === before.wantedFingerprint;
  const first = happenings.findIndex((h) => h.type === "request" && h.kind === "patch");
  const read = happenings.slice(0, Math.max(first, 0)).findLast((h) => h.type === "read-result" || h.type === "gone");
  const replaced =
    first < 0 ? before.saved?.outputs["pendingReplaces"] : read?.type === "read-result" && fingerprintOf(read.pem);
  return (fingerprint) => fingerprint !== undefined && fingerprint !== replaced;
}

/** I1: success rests on a read that was sent after the task's end, or after the ambiguity. */
export function assertProved(judged: Judged): void {
  const { resource, outcome, before, happenings, patches, reads, fingerprintOf, heldIn } = judged;
  const isWanted = wantedBy(judged);
  const olds = before.saved?.outputs ?? {};
  const proven = !resource.isMadeByHosts && olds["sha256Fingerprint"] === before.wantedFingerprint;
  const pendingTask = olds["pendingTaskId"];
  if (patches === 0 && reads === 0) {
    const isPending = pendingTask !== undefined || olds["pendingFingerprint"] !== undefined;
    assert.ok(outcome.method === "update" && proven && !isPending, "I1: success without a read or a proof");
    return;
  }
  const lastPatch = happenings.findLastIndex((h) => h.type === "request" && h.kind === "patch");
  const open = lastPatch < 0 ? pendingTask : taskOfFate(happenings.slice(lastPatch));
  // Not the last sight of it: a list for another resource may show the same end once more.
  const end = happenings.findIndex((h, index) => index >= lastPatch && isEnd(h, open));
  assert.ok(end >= 0 || open === undefined, "I1: success although the end of the task was never seen");
  const known = open === undefined ? happenings.findIndex((h, at) => at >= lastPatch && h.type === "patch-fate") : end;
  assert.ok(known >= lastPatch || lastPatch < 0, "I1: success although the fate of a write was never known");
  const sent = new Set<string>();
  for (const h of happenings.slice(Math.max(known, 0))) if (h.type === "read-sent") sent.add(h.taskId);
  const proof = happenings.some(
    (h) => h.type === "read-result" && sent.has(h.taskId) && isWanted(fingerprintOf(h.pem)),
  );
  assert.ok(proof, "I1: success without a read that shows the wanted certificate");
  assert.ok(isWanted(heldIn(resource.saved)), "I2: another fingerprint was saved");
}

/** The task that an accepted write is known by; undefined: its fate or its id is not known. */
function taskOfFate(since: readonly Happening[]): unknown {
  const fate = since.find((h) => h.type === "patch-fate");
  return fate?.type === "patch-fate" && fate.fate === "task" ? fate.taskId : undefined;
}

function isEnd(h: Happening, taskId: unknown): boolean {
  return h.type === "task-seen" && h.taskId === taskId && ENDS.includes(h.status);
}

/** I1 and I6: what the hosts are to make is made for each new wish, and left alone if it is to be adopted. */
export function assertMade({ resource, outcome, before, happenings, patches }: Judged): void {
  const adopts = outcome.method === "create" && resource.options.adopt === true;
  const wasThere = !happenings.some(({ type }) => type === "gone");
  assert.ok(!adopts || !wasThere || patches === 0, "I6: adopt sent something though one was there");
  if (!resource.isMadeByHosts || outcome.ended !== "ok" || patches > 0) return;
  if (outcome.method === "create") assert.ok(adopts, "I1: a create that made nothing");
  const { triggers } = before.saved?.outputs ?? {};
  const isNews = JSON.stringify(triggers) !== JSON.stringify([before.wantedFingerprint]);
  assert.ok(outcome.method !== "update" || !isNews, "I1: newer triggers were taken for done");
}
