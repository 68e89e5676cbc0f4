// SPDX-License-Identifier: Apache-2.0
// Bugs in how a write is sent, followed, looked for and proved.

import type { Mutant } from "./mutant";

/** Bugs in kms/. */
export const WRITE_MUTANTS: readonly Mutant[] = [
  {
    name: "success without read-back",
    file: "kms/write-once.ts",
    find: "    const ended = await this.#orUnfinished(taskId, () => readUntil(this.#operation, options));\n    if (ended.shown) return",
    replace:
      "    const ended = await this.#orUnfinished(taskId, () => readUntil(this.#operation, { ...options, allowanceMs: 0 }));\n    if (!ended.shown) return { live: { sha256Fingerprint: 'x', pem: 'x' } as T, taskId };\n    if (ended.shown) return",
    killedBy: /^I1: success without a read/,
  },
  {
    name: "read-back that takes any certificate",
    file: "kms/replace.ts",
    find: "isApplied: (live) => live?.sha256Fingerprint === wanted.sha256Fingerprint,",
    replace: "isApplied: (live) => live !== undefined,",
    killedBy: /^I1: success without a read that shows/,
  },
  {
    name: "any failed read read as gone",
    file: "kms/read-result.ts",
    find: 'if (isCodedError(error, "ERR_KEY_PROVIDER_NOT_FOUND")) return undefined;',
    replace: "if (isCodedError(error)) return undefined;",
    killedBy: /^I2: the resource was dropped|^I[14]:/,
  },
  {
    name: "an open task forgotten by a refresh",
    file: "kms/pending-write.ts",
    find: 'return !isCodedError(error, "ERR_TASK_NOT_FOUND");',
    replace: "return !isCodedError(error);",
    killedBy: /^I2: a refresh forgot a task/,
  },
  {
    name: "a vanished task taken as done",
    file: "kms/write-once.ts",
    find: "        this.#uncertain = ended.error;\n",
    replace:
      "        this.#uncertain = ended.error;\n        if (taskId !== '') return { live: { sha256Fingerprint: 'x', pem: 'x' } as T, taskId };\n",
    killedBy: /^I1: success without a read/,
  },
  {
    name: "no read after an ambiguous PATCH",
    file: "kms/look-for-outcome.ts",
    find: "      const live = await write.read(operation);\n",
    replace: "      const live = (await Promise.resolve(undefined)) as T | undefined;\n",
    killedBy: /^I[1256]:/,
  },
  {
    name: 'a failed list taken for "no task"',
    file: "kms/look-for-outcome.ts",
    find: "return tasks?.known === true && tasks.tasks.every(({ isOpen }) => !isOpen);",
    replace: "return tasks === undefined || !tasks.known || tasks.tasks.every(({ isOpen }) => !isOpen);",
    killedBy: /^I6:/,
  },
  {
    name: 'one quiet look taken for "not applied"',
    file: "kms/look-for-outcome.ts",
    find: "else if (quietSinceMs === undefined) quietSinceMs = lookMs;",
    replace:
      'else if (mayConclude) return { state: "done", value: "not-applied" };\n      else if (quietSinceMs === undefined) quietSinceMs = lookMs;',
    killedBy: /^I6:/,
  },
  {
    name: "a task of the cluster taken for ours",
    file: "kms/find-task.ts",
    find: 'targetId === target.cluster) return "unclear";',
    replace: 'targetId === target.cluster) return "ours";',
    killedBy: /^I[1246]:/,
  },
  {
    name: "open tasks passed over",
    file: "kms/look-for-outcome.ts",
    find: "return tasks?.known === true && tasks.tasks.every(({ isOpen }) => !isOpen);",
    replace: "return tasks?.known === true;",
    killedBy: /^I6:/,
  },
  {
    name: "a refusal after an ambiguous PATCH called a failure",
    file: "kms/write-once.ts",
    find: "throw this.#uncertain === undefined ? withAttempts(error, failures) : this.#unknown(error);",
    replace: "throw withAttempts(error, failures);",
    killedBy: /^I2: a plain failure although/,
  },
  {
    name: "a PATCH repeated after our own time-out",
    file: "kms/write-once.ts",
    find: 'error.code !== "ERR_REQUEST_TIMEOUT"',
    replace: "true",
    killedBy: /^I6: a write began/,
  },
  {
    name: "tasks of a killed run passed over",
    file: "kms/earlier-writes.ts",
    find: "if (task.isOpen) await waitFor(operation, task);",
    replace: "if (task.isOpen && operation.deadline.timeoutMs < 0) await waitFor(operation, task);",
    killedBy: /^I6: a write began/,
  },
  {
    name: "a look that fails ends the wait for an earlier run's task",
    file: "kms/earlier-writes.ts",
    find: 'if (isCodedError(error, "ERR_TASK_STATUS_UNKNOWN")) return;',
    replace: "if (error !== undefined) return;",
    killedBy: /^I6: a write began/,
  },
  {
    name: "an open task of an earlier run taken for the own one",
    file: "kms/look-for-outcome.ts",
    find: "  if (startedMs === undefined || sinceMs === undefined) return isOpen;",
    replace: "  if (isOpen || startedMs === undefined || sinceMs === undefined) return isOpen;",
    killedBy: /^I2: a plain failure/,
  },
  {
    name: "a failed list taken for the end of an open write",
    file: "kms/pending-write.ts",
    find: 'return search.isRefused ? { state: "done", value: "unknown" } : { state: "pending" };',
    replace: 'return { state: "done", value: "ended" };',
    killedBy: /^I6: a write began|^I1/,
  },
  {
    name: "an unlisted open write settled by a refresh",
    file: "kms/pending-write.ts",
    find: "return !search.known || search.tasks.length > 0;",
    replace: "return search.known && search.tasks.length > 0;",
    killedBy: /^I[26]:/,
  },
  {
    name: "a third ambiguous PATCH",
    file: "kms/write-once.ts",
    find: "const MAX_AMBIGUOUS_SENDS = 2;",
    replace: "const MAX_AMBIGUOUS_SENDS = 5;",
    killedBy: /^I6: more than two/,
  },
  {
    name: "a resumed task not waited for",
    file: "kms/pending-write.ts",
    find: "    const { end } = await connection.tasks.wait({ taskId, deadline, lookFirst: true, onProgress });\n",
    replace: "    const { end } = { end: 'ended' as string };\n    void [connection, deadline, onProgress];\n",
    killedBy: /^I[16]:/,
  },
  {
    name: "no look before a further send",
    file: "kms/write-once.ts",
    find: "      if (this.#uncertain !== undefined) {\n        const seen",
    replace: "      if (this.#uncertain !== undefined && failures < 0) {\n        const seen",
    killedBy: /^I6/,
  },
  {
    name: "a key server that refuses taken for one that accepts",
    file: "kms/health.ts",
    find: 'if (last.health === "OK") return',
    replace: 'if (last.health !== "NONE") return',
    killedBy: /^I1: success although the key server refuses it/,
  },
  {
    name: "what the hosts make proved by what was there before",
    file: "kms/make-another.ts",
    find: "isApplied: (live) => isAnother(live, before?.sha256Fingerprint),",
    replace: "isApplied: (live) => live !== undefined,",
    killedBy: /^I[124]: (success without a read that shows|another fingerprint|the hosts were not asked|a failed task)/,
  },
];
