// SPDX-License-Identifier: Apache-2.0
// Bugs to plant in the provider, each with the invariant that must find it. The model is only as good as what it kills.

/** A bug: one exact replacement in one source file. */
export interface Mutant {
  readonly name: string;
  /** Path within provider/src. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What the failure that finds it must begin with. */
  readonly killedBy: RegExp;
}

/** All bugs that are planted. */
export const MUTANTS: readonly Mutant[] = [
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
    name: "BLOCKED taken as done",
    file: "vsphere/tasks/task-wait.ts",
    find: '    case "BLOCKED":\n      return { state: "pending" };\n    case "SUCCEEDED":\n',
    replace: '      return { state: "pending" };\n    case "BLOCKED":\n    case "SUCCEEDED":\n',
    killedBy: /^I[126]: (success although|the task to resume|a write began)/,
  },
  {
    name: "FAILED taken as done",
    file: "vsphere/tasks/task-wait.ts",
    find: 'return { state: "done", value: { end: "failed", info, error: taskFailed(info, taskId, privilege) } };',
    replace: 'void taskFailed;\n      return { state: "done", value: { end: "succeeded", info } };',
    killedBy: /^I2: a failed task was saved as not finished/,
  },
  {
    name: "a second blind PATCH after a page of a front",
    file: "vsphere/errors/retry-table.ts",
    find: 'return httpStatus >= 300 && httpStatus < 500 ? "refused" : "ambiguous";',
    replace: 'return httpStatus >= 300 && httpStatus < 500 ? "refused" : "refused-for-now";',
    killedBy: /^I6: a (second PATCH without|write began)/,
  },
  {
    name: "a second blind PATCH after a reset",
    file: "vsphere/errors/retry-table.ts",
    find: 'if (fate === "maybe-sent") return "ambiguous";',
    replace: 'if (fate === "maybe-sent") return "refused-for-now";',
    killedBy: /^I6: a (second PATCH without|write began)/,
  },
  {
    name: "a session not closed",
    file: "vsphere/session/session.ts",
    find: "if (this.#token !== undefined) tokens.push(this.#token);",
    replace: "",
    killedBy: /^I5: a session is left/,
  },
  {
    name: "a refused session not closed",
    file: "vsphere/session/session.ts",
    find: "    this.#staleTokens.push(token);\n",
    replace: "",
    killedBy: /^I5: a session is left/,
  },
  {
    name: "a refused password sent again",
    file: "vsphere/session/session.ts",
    find: "throw this.#refusal.error;",
    replace: "return used;",
    killedBy: /^I5: a refused password was sent again/,
  },
  {
    name: "an absent endpoint read as gone",
    file: "vsphere/errors/request-error.ts",
    find: '({ id }) => id === "com.vmware.vapi.rest.httpNotFound" || id.endsWith("operationsForUrlNotFound"),',
    replace: "() => false,",
    killedBy: /^I2: the resource was dropped/,
  },
  {
    name: "any failed read read as gone",
    file: "kms/read-result.ts",
    find: 'if (isCodedError(error, "ERR_KEY_PROVIDER_NOT_FOUND")) return undefined;',
    replace: "if (isCodedError(error)) return undefined;",
    killedBy: /^I2: the resource was dropped|^I[14]:/,
  },
  {
    name: "pendingTaskId not saved",
    file: "resources/pending.ts",
    find: "...(taskId === undefined ? {} : { pendingTaskId: taskId }),",
    replace: "",
    killedBy: /^I2: the task to resume was not saved/,
  },
  {
    name: "the wanted fingerprint saved for the server's",
    file: "lifecycle/write.ts",
    find: "  return { ...kept, ...pendingOutputs(facts, awaited) };",
    replace:
      "  return { ...kept, ...pendingOutputs(facts, awaited), ...(kept['sha256Fingerprint'] ? { sha256Fingerprint: awaited?.fingerprint } : {}) };",
    killedBy: /^I2: a fingerprint that was never read/,
  },
  {
    name: "the state's fingerprint kept by a refresh",
    file: "lifecycle/read.ts",
    find: "props: { ...saved, ...outputs, ...open }",
    replace: "props: { ...saved, ...outputs, sha256Fingerprint: saved['sha256Fingerprint'], ...open }",
    killedBy: /^I2: a refresh saved another fingerprint/,
  },
  {
    name: "adopt without a read",
    file: "resources/kms-client-certificate/create.ts",
    find: "  const live = await readCertificateIfAny(operation);\n",
    replace:
      "  const live = (await Promise.resolve(operation && wanted)) as CertificateInfo | undefined;\n  void readCertificateIfAny;\n",
    killedBy: /^I1: success without a read/,
  },
  {
    name: "an open end taken for no change",
    file: "lifecycle/diff.ts",
    find: "    state.pending !== undefined ||\n",
    replace: "    (state.pending !== undefined && false) ||\n",
    killedBy: /^I2: an open end was taken for no change/,
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
    name: "a certificate compared as text",
    file: "resources/kms-client-certificate/differs.ts",
    find: 'if (isGiven(news["certificate"]) && fingerprintOf(news["certificate"]) !== saved) return true;',
    replace: 'if (isGiven(news["certificate"]) && news["certificate"] !== olds["certificate"]) return true;',
    killedBy: /^I4: the second up did an update/,
  },
  {
    name: "a change of certificate not seen",
    file: "resources/kms-client-certificate/differs.ts",
    find: 'if (isGiven(news["certificate"]) && fingerprintOf(news["certificate"]) !== saved) return true;',
    replace: 'if (fingerprintOf(news["certificate"]) === undefined) return true;',
    killedBy: /^I4: the server does not hold the wanted/,
  },
  {
    name: "time that is not bounded",
    file: "process/run-operation.ts",
    find: "const timeoutMs = (request.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;",
    replace: "const timeoutMs = (DEFAULT_TIMEOUT_SECONDS + (request.timeoutSeconds ?? 0)) * 1000;",
    killedBy: /^I5: ended after/,
  },
  {
    name: "polling without a pause",
    file: "core/schedule.ts",
    find: "return Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, GAP_RATIO * elapsedMs));",
    replace: "return 0 * elapsedMs;",
    killedBy: /^I5: \d+ requests/,
  },
  {
    name: "an error without a code",
    file: "process/failure.ts",
    find: "${next} [${coded.code}]`",
    replace: "${next}`",
    killedBy: /^I7: no code/,
  },
  {
    name: "a session token shown",
    file: "process/vcenter-access.ts",
    find: "for (const token of this.#connection?.secrets() ?? []) redactor.addText(token);",
    replace: "",
    killedBy: /^I3: a session token in the text/,
  },
  {
    name: "a timer left behind",
    file: "core/deadline.ts",
    find: "    cancelTimer();\n",
    replace: "    void cancelTimer;\n",
    killedBy: /^I5: a timer is left/,
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
    name: "an awaited health that is not saved",
    file: "resources/pending.ts",
    find: "export const AWAITS_HEALTH: Properties = { pendingHealth: true };",
    replace: "export const AWAITS_HEALTH: Properties = {};",
    killedBy: /^I2: (the awaited health|the open task)/,
  },
  {
    name: "what the hosts make proved by what was there before",
    file: "kms/make-another.ts",
    find: "isApplied: (live) => isAnother(live, before?.sha256Fingerprint),",
    replace: "isApplied: (live) => live !== undefined,",
    killedBy: /^I[124]: (success without a read that shows|another fingerprint|the hosts were not asked|a failed task)/,
  },
  {
    name: "a refresh that forgets that a new one must be made",
    file: "lifecycle/read.ts",
    find: "        : MUST_BE_REPLACED;",
    replace: "        : MUST_BE_REPLACED && {};",
    killedBy: /^I4: the hosts were not asked for a certificate/,
  },
  {
    name: "drift of what the hosts have made taken over",
    file: "resources/self-signed/index.ts",
    find: "const more = isForeign ? MUST_BE_REPLACED :",
    replace: "void MUST_BE_REPLACED;\n    const more = isForeign ? {} :",
    killedBy: /^I4: the hosts were not asked for a certificate/,
  },
];
