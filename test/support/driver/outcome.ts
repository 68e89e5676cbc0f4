// SPDX-License-Identifier: Apache-2.0
// The three ways in which a call of the engine can end, as data, and what a test demands of each.

import assert from "node:assert/strict";
import type { Properties, ResourceType } from "./resource-type";
import { KMS_CLIENT_CERTIFICATE } from "./resource-type";

/** How a call ended. */
export type Outcome = { readonly elapsedMs: number } & (
  | {
      readonly kind: "success";
      readonly id: string | undefined;
      readonly properties: Properties;
      /** Of a read that gave inputs back. */
      readonly inputs?: Properties;
    }
  | { readonly kind: "failure"; readonly code: string; readonly message: string }
  | {
      readonly kind: "not-finished";
      readonly code: string;
      readonly message: string;
      readonly id: string;
      readonly properties: Properties;
      readonly reasons: readonly string[];
    }
);

/** The ways to end. */
export type Ended<K extends Outcome["kind"]> = Extract<Outcome, { kind: K }>;

/**
 * Waits for a call and tells how it ended.
 *
 * @throws what a provider must never throw: an error without a string code
 */
export async function settle(
  call: () => Promise<{ id?: string; properties: Properties; inputs?: Properties }>,
): Promise<Outcome> {
  const startedMs = performance.now();
  const elapsed = (): number => performance.now() - startedMs;
  try {
    const { id, ...answer } = await call();
    return { kind: "success", id, ...answer, elapsedMs: elapsed() };
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error && typeof error.code === "string", String(error));
    const { code, message } = error;
    assert.ok(message.endsWith(`[${code}]`), `the code is at the end: ${message}`);
    assert.equal(error.stack, "", "the host prints the stack of an error");
    if (!("reasons" in error)) return { kind: "failure", code, message, elapsedMs: elapsed() };
    const { id, properties, reasons } = error as unknown as Ended<"not-finished">;
    return { kind: "not-finished", code, message, id, properties, reasons, elapsedMs: elapsed() };
  }
}

/**
 * Demands success with a certificate that was read back.
 *
 * @returns the outputs
 */
export function assertSuccess(outcome: Outcome, fingerprint: string): Properties {
  assert.ok(outcome.kind === "success", `wanted success, got ${describe(outcome)}`);
  assert.equal(outcome.properties["sha256Fingerprint"], fingerprint);
  for (const name of ["pendingTaskId", "pendingFingerprint"]) assert.equal(outcome.properties[name], undefined, name);
  return outcome.properties;
}

/** Demands a plain failure: the old state stays. */
export function assertFailure(outcome: Outcome, code: string, ...texts: readonly (string | RegExp)[]): void {
  assert.ok(outcome.kind === "failure", `wanted failure, got ${describe(outcome)}`);
  assert.equal(outcome.code, code, outcome.message);
  assertTexts(outcome.message, texts);
}

/**
 * Demands that the resource is saved as not finished, and can be resumed, read and deleted from what is saved.
 *
 * @param pending - what must be saved as pending; a member that is undefined must not be saved
 * @returns the saved properties
 */
export function assertNotFinished(
  outcome: Outcome,
  code: string,
  pending: {
    readonly taskId?: string | undefined;
    readonly fingerprint?: string | undefined;
    readonly type?: ResourceType;
  },
  ...texts: readonly (string | RegExp)[]
): Properties {
  assert.ok(outcome.kind === "not-finished", `wanted not-finished, got ${describe(outcome)}`);
  const { properties } = outcome;
  assert.equal(outcome.code, code, outcome.message);
  assertTexts(outcome.message, texts);
  assert.deepEqual(outcome.reasons, [outcome.message]);
  assert.equal(properties["__provider"], (pending.type ?? KMS_CLIENT_CERTIFICATE).handlerLine);
  assert.equal(properties["pendingTaskId"], pending.taskId);
  assert.equal(properties["pendingFingerprint"], pending.fingerprint);
  const target = [properties["cluster"], properties["keyProvider"]].map((part) => encodeURIComponent(String(part)));
  assert.equal(outcome.id, target.join("/"));
  return properties;
}

/** One line about an outcome, for a message. */
export function describe(outcome: Outcome): string {
  return outcome.kind === "success" ? "it succeeded" : `${outcome.kind}: ${outcome.message}`;
}

/** The code that every message of ours ends with; empty if it has none. */
export function codeAtEnd(message: string): string {
  return /\[(ERR_[A-Z_]+)\]\s*$/.exec(message)?.[1] ?? "";
}

function assertTexts(message: string, texts: readonly (string | RegExp)[]): void {
  for (const text of texts) {
    assert.ok(
      typeof text === "string" ? message.includes(text) : text.test(message),
      `no ${String(text)} in: ${message}`,
    );
  }
}
