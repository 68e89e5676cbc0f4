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
    file: "kms/replace.ts",
    find: "  const certificate = await readUntilShown(operation, wanted, { taskId, said, allowanceMs: LAG_ALLOWANCE_MS });\n",
    replace:
      '  const { parseCertificate } = require("../x509/certificate");\n  const certificate = parseCertificate(wanted.certificatePem);\n',
    killedBy: /^I1: success without a read/,
  },
  {
    name: "read-back that takes any certificate",
    file: "kms/replace.ts",
    find: "return live?.sha256Fingerprint === wanted.sha256Fingerprint ? {",
    replace: "return live !== undefined ? {",
    killedBy: /^I1: success without a read that shows/,
  },
  {
    name: "BLOCKED taken as done",
    file: "vsphere/tasks/task-wait.ts",
    find: '    case "BLOCKED":\n      return { final: false };\n    case "SUCCEEDED":\n',
    replace: '      return { final: false };\n    case "BLOCKED":\n    case "SUCCEEDED":\n',
    killedBy: /^I[12]: (success although the end|the task to resume)/,
  },
  {
    name: "FAILED taken as done",
    file: "vsphere/tasks/task-wait.ts",
    find: 'return { final: true, value: { end: "failed", info, error: taskFailed(info, taskId, privilege) } };',
    replace: 'void taskFailed;\n      return { final: true, value: { end: "succeeded", info } };',
    killedBy: /^I2: a failed task was saved as not finished/,
  },
  {
    name: "a second blind PATCH after 503",
    file: "vsphere/errors/retry-table.ts",
    find: '  503: "verify",\n',
    replace: '  503: "repeat",\n',
    killedBy: /^I6: a second PATCH without a look/,
  },
  {
    name: "a second blind PATCH after a reset",
    file: "vsphere/errors/retry-table.ts",
    find: 'if (fate === "maybe-sent") return "verify";',
    replace: 'if (fate === "maybe-sent") return "repeat";',
    killedBy: /^I6: a second PATCH without a look/,
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
    file: "kms/read-certificate.ts",
    find: 'error instanceof CodedError && error.code === "ERR_KEY_PROVIDER_NOT_FOUND"',
    replace: "error instanceof CodedError",
    killedBy: /^I2: the resource was dropped|^I[14]:/,
  },
  {
    name: "pendingTaskId not saved",
    file: "resources/unfinished-outputs.ts",
    find: "...(settled === true || pendingTaskId === undefined ? {} : { pendingTaskId }),",
    replace: "",
    killedBy: /^I2: the task to resume was not saved/,
  },
  {
    name: "the wanted fingerprint saved for the server's",
    file: "resources/unfinished-outputs.ts",
    find: ": { certificate: live.pem, ...certificateOutputs(live) };",
    replace: ": { certificate: live.pem, ...certificateOutputs(live), sha256Fingerprint: pendingFingerprint };",
    killedBy: /^I2: a fingerprint that was never read/,
  },
  {
    name: "the state's fingerprint kept by a refresh",
    file: "resources/kms-client-certificate/read.ts",
    find: "    ...certificateOutputs(live),\n    ...(open",
    replace: "    ...certificateOutputs(live),\n    sha256Fingerprint: state.sha256Fingerprint,\n    ...(open",
    killedBy: /^I2: a refresh saved another fingerprint/,
  },
  {
    name: "adopt without a read",
    file: "resources/kms-client-certificate/apply.ts",
    find: "      const present = await readCertificateIfAny(operation);\n",
    replace: "      const present = wanted as CertificateInfo | undefined;\n",
    killedBy: /^I1: success without a read/,
  },
  {
    name: "a resumed task not waited for",
    file: "resources/kms-client-certificate/apply.ts",
    find: "  await waitUntilSpent(operation, taskId);\n",
    replace: "  void waitUntilSpent;\n",
    killedBy: /^I1: success although the task of an earlier run/,
  },
  {
    name: "an open end taken for no change",
    file: "resources/kms-client-certificate/diff.ts",
    find: "    isPending(state) ||\n",
    replace: "    (isPending(state) && false) ||\n",
    killedBy: /^I2: an open end was taken for no change/,
  },
  {
    name: "an open task forgotten by a refresh",
    file: "resources/kms-client-certificate/read.ts",
    find: 'return !isCodedError(error, "ERR_TASK_NOT_FOUND");',
    replace: "return !isCodedError(error);",
    killedBy: /^I2: a refresh forgot a task/,
  },
  {
    name: "a vanished task taken as done",
    file: "kms/replace.ts",
    find: "if (live?.sha256Fingerprint === wanted.sha256Fingerprint) return { certificate: live, taskId };",
    replace: "if (live !== undefined) return { certificate: live, taskId };",
    killedBy: /^I1: success without a read that shows/,
  },
  {
    name: "no look at the server after an ambiguous PATCH",
    file: "kms/send-replacement.ts",
    find: "    const live = await readCertificateIfAny(operation);\n",
    replace:
      '    if (operation !== undefined) return "not-applied";\n    const live = await readCertificateIfAny(operation);\n',
    killedBy: /^I6: a second PATCH without a look/,
  },
  {
    name: "no look for the task after an ambiguous PATCH",
    file: "kms/send-replacement.ts",
    find: "      const found = await findReplaceTask(operation, lostPatch(wanted, sentMs));\n",
    replace:
      "      const found = sentMs < 0 ? await findReplaceTask(operation, lostPatch(wanted, sentMs)) : undefined;\n",
    killedBy: /^I6: a second PATCH without looking for the task/,
  },
  {
    name: "the time of sending taken from a clock that jumps",
    file: "kms/find-task.ts",
    find: "const sinceMs = clock.wallMs() - (clock.nowMs() - sentMs) + (aheadMs ?? 0) - slackMs;",
    replace:
      "const sinceMs = ((clock as { bornMs?: number }).bornMs ??= clock.wallMs() - clock.nowMs()) + sentMs + (aheadMs ?? 0) - slackMs;",
    killedBy: /^I6: a second PATCH although the task of the first/,
  },
  {
    name: "somebody else's certificate overwritten by destroy",
    file: "resources/kms-client-certificate/remove.ts",
    find: "if (live.sha256Fingerprint !== state.sha256Fingerprint && live.sha256Fingerprint !== state.pendingFingerprint) {",
    replace: "if (live.sha256Fingerprint === undefined) {",
    killedBy: /^I6: a certificate that is not the resource's/,
  },
  {
    name: "a certificate compared as text",
    file: "resources/kms-client-certificate/diff.ts",
    find: '(await fingerprintOf(news["certificate"])) !== state.sha256Fingerprint ||',
    replace: '(void fingerprintOf, news["certificate"] !== olds["certificate"]) ||',
    killedBy: /^I4: the second up did an update/,
  },
  {
    name: "a change of certificate not seen",
    file: "resources/kms-client-certificate/diff.ts",
    find: '(await fingerprintOf(news["certificate"])) !== state.sha256Fingerprint ||',
    replace: '(await fingerprintOf(news["certificate"])) === undefined ||',
    killedBy: /^I4: the server does not hold the wanted/,
  },
  {
    name: "time that is not bounded",
    file: "process/run-operation.ts",
    find: "const timeoutMs = (task.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;",
    replace: "const timeoutMs = (DEFAULT_TIMEOUT_SECONDS + (task.timeoutSeconds ?? 0)) * 1000;",
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
    file: "process/provider-process.ts",
    find: "for (const token of this.#open?.secrets() ?? []) redactor.addText(token);",
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
];
