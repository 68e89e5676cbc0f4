// SPDX-License-Identifier: Apache-2.0
// A write that is neither lost nor done twice. Refusals are repeated as the retry table allows. Its task is followed. If the
// outcome is unknown, the task list and the server are checked before it is sent once more. After a send was accepted or
// ambiguous, the write ends as proved, as a failure of its own task, or as Unfinished.

import { CodedError, isCodedError, RUNNING_COMMAND } from "../core/coded-error";
import { failIfTooLong, pauseBeforeRetryMs, tried, withAttempts } from "../core/retry";
import { RequestError } from "../vsphere/errors/request-error";
import { judgeWrite } from "../vsphere/errors/retry-table";
import type { Accepted } from "../vsphere/tasks/start-task";
import { noteLostWrite, waitForEarlierWrites } from "./earlier-writes";
import { followTask } from "./follow-task";
import { lookForOutcome } from "./look-for-outcome";
import type { Operation } from "./operation";
import { Unfinished } from "./unfinished";
import type { UnfinishedFacts } from "./unfinished";
import type { Proof, Write } from "./write";

/** A write that may have been carried out is sent at most this often in one call. */
const MAX_AMBIGUOUS_SENDS = 2;

/** A send that may have been carried out. */
interface Ambiguous {
  readonly kind: "ambiguous";
  readonly error: CodedError;
  readonly mayRepeat: boolean;
}

/**
 * Writes and proves. `make` is called when no write of an earlier run can change the server any more, so it may read what
 * is there before the send.
 *
 * @throws {@link Unfinished} if the outcome is not known in time; CodedError if nothing was changed, or the write's own
 * task FAILED
 * @internal
 */
export async function writeOnce<T>(
  operation: Operation,
  make: Write<T> | (() => Promise<Write<T>>),
): Promise<Proof<T>> {
  await waitForEarlierWrites(operation);
  const write = typeof make === "function" ? await make() : make;
  try {
    const proof = await new WriteOnce(operation, write).run();
    // Only a read has shown it: its task may still run, or the read showed somebody else's.
    if (proof.taskId === undefined) noteLostWrite(operation);
    return proof;
  } catch (error) {
    if (error instanceof Unfinished) {
      const { taskId, settled = false } = error.facts as UnfinishedFacts<unknown>;
      if (taskId === undefined && !settled) noteLostWrite(operation);
    }
    throw error;
  }
}

class WriteOnce<T> {
  readonly #operation: Operation;
  readonly #write: Write<T>;
  #sentMs = 0;
  /** Why it is not known what became of an earlier send. */
  #uncertain: CodedError | undefined;
  #ambiguousSends = 0;

  constructor(operation: Operation, write: Write<T>) {
    this.#operation = operation;
    this.#write = write;
  }

  async run(): Promise<Proof<T>> {
    for (;;) {
      const sent = await this.#send();
      if (!("kind" in sent)) return sent;
      const proof = await this.#conclude(sent);
      if (proof !== "not-applied") return proof;
    }
  }

  /** Sends until the write is accepted, finally refused, or ambiguous. */
  async #send(): Promise<Accepted | Ambiguous | Proof<T>> {
    for (let failures = 1; ; failures += 1) {
      this.#sentMs = this.#operation.deadline.clock.nowMs();
      try {
        return this.#started(await this.#write.send());
      } catch (error) {
        if (!(error instanceof CodedError)) throw this.#uncertain === undefined ? error : this.#unknown(error);
        const { fate, mayRepeat } = judgeWrite(error);
        if (fate === "already") return { kind: "no-task-id", why: error.message, body: undefined };
        if (fate === "ambiguous") {
          this.#ambiguousSends += 1;
          this.#uncertain = error;
          return { kind: "ambiguous", error, mayRepeat };
        }
        if (fate === "refused")
          throw this.#uncertain === undefined ? withAttempts(error, failures) : this.#unknown(error);
        await this.#pause(error, failures);
      }
      // The refusal may be the answer to the earlier send, which runs: look before each further send.
      if (this.#uncertain !== undefined) {
        const seen = await this.#look(this.#uncertain, true);
        if (seen !== "not-applied") return seen;
      }
    }
  }

  #started(accepted: Accepted): Accepted {
    if (accepted.kind !== "task") return accepted;
    if (this.#operation.repeatsSecret(accepted.taskId)) {
      return { kind: "no-task-id", why: "the task id of the 202 answer is unusable", body: undefined };
    }
    return accepted;
  }

  /** Waits as the server asked, or backs off. */
  async #pause(refusal: CodedError, failures: number): Promise<void> {
    const { deadline } = this.#operation;
    const retryAfterMs = refusal instanceof RequestError ? refusal.request.retryAfterMs : undefined;
    try {
      failIfTooLong(refusal, retryAfterMs, deadline);
      await deadline.clock.sleep(pauseBeforeRetryMs(failures, retryAfterMs), deadline.signal);
    } catch (error) {
      if (this.#uncertain !== undefined) throw this.#unknown(error);
      if (!isCodedError(error, "ERR_OPERATION_TIMEOUT")) throw error;
      throw refusal.extended({
        suffix: `; ${tried(failures)} in ${deadline.timeoutMs / 1000} s`,
        attempts: failures,
      });
    }
  }

  async #conclude(sent: Accepted | Ambiguous): Promise<Proof<T> | "not-applied"> {
    switch (sent.kind) {
      case "task":
        return this.#follow(sent.taskId, sent.acceptedMs);
      case "no-task-id": {
        const { noun } = this.#write;
        const why = `vCenter accepted the ${noun}, but its task id is unknown (${sent.why})`;
        this.#uncertain = new CodedError("ERR_OUTCOME_UNKNOWN", why);
        return this.#look(this.#uncertain, false);
      }
      case "ambiguous": {
        const { error } = sent;
        // After a time-out of our own the request may still wait in the server.
        const seen = await this.#look(error, error.code !== "ERR_REQUEST_TIMEOUT");
        if (seen !== "not-applied") return seen;
        if (!sent.mayRepeat || this.#ambiguousSends >= MAX_AMBIGUOUS_SENDS) throw this.#notApplied(error);
        await this.#waitAsAsked(error);
        return "not-applied";
      }
    }
  }

  async #follow(taskId: string, acceptedMs?: number): Promise<Proof<T> | "not-applied"> {
    const followed = await followTask(this.#operation, this.#write, taskId, acceptedMs);
    if (!("vanished" in followed)) return followed;
    const { vanished } = followed;
    this.#uncertain = vanished;
    const seen = await this.#look(vanished, true, taskId);
    if (seen !== "not-applied") return seen;
    const suffix = `; the server does not show the ${this.#write.noun}`;
    const remedy = `run \`${RUNNING_COMMAND}\` again, which reads the server first`;
    throw new Unfinished(vanished.extended({ suffix, details: { taskId }, remedy }), { taskId });
  }

  /** Finds out what became of an earlier send. `mayConclude`: if it does not show twice, it was not applied. */
  async #look(why: CodedError, mayConclude: boolean, taskId?: string): Promise<Proof<T> | "not-applied"> {
    this.#operation.onStep(`looking for what became of the ${this.#write.noun}`);
    const search = { write: this.#write, sentMs: this.#sentMs, mayConclude, taskId };
    let outcome;
    try {
      outcome = await lookForOutcome(this.#operation, search);
    } catch (error) {
      throw this.#unknown(error, why, taskId);
    }
    if (outcome === "not-applied") return outcome;
    return "follow" in outcome ? this.#follow(outcome.follow) : { ...outcome, taskId: outcome.taskId ?? taskId };
  }

  /** Waits until the time that the server asked for. */
  async #waitAsAsked(error: CodedError): Promise<void> {
    const { deadline } = this.#operation;
    const retryAfterMs = error instanceof RequestError ? error.request.retryAfterMs : undefined;
    if (retryAfterMs === undefined) return;
    try {
      const leftMs = retryAfterMs - (deadline.clock.nowMs() - this.#sentMs);
      failIfTooLong(error, Math.max(0, leftMs), deadline);
      await deadline.clock.sleep(Math.max(0, leftMs), deadline.signal);
    } catch (tooLate) {
      throw this.#unknown(tooLate, error);
    }
  }

  #notApplied(error: CodedError): Unfinished<T> {
    const attempts = this.#ambiguousSends;
    const often = attempts > 1 ? ` (${tried(attempts)})` : "";
    return this.#unknown(new Error(`the server does not show the ${this.#write.noun}${often}`), error);
  }

  #unknown(lookFailed: unknown, why: CodedError | undefined = this.#uncertain, taskId?: string): Unfinished<T> {
    const look = lookFailed instanceof Error && lookFailed !== why ? `; ${lookFailed.message}` : "";
    const error = new CodedError(
      "ERR_OUTCOME_UNKNOWN",
      `it is unknown whether the ${this.#write.noun} took effect: ${why?.message ?? "the answer was lost"}${look}`,
      {
        cause: why,
        details: why?.details ?? {},
        remedy: `run \`${RUNNING_COMMAND}\` again, which reads the server first`,
      },
    );
    return new Unfinished<T>(error, { taskId });
  }
}
