// SPDX-License-Identifier: Apache-2.0
// Whether an error quotes a key.

import assert from "node:assert/strict";
import { inspect } from "node:util";

const WINDOW = 16;

/** Every place an error could carry text: message, stack, details, remedy, cause. */
export function textOf(error: unknown): string {
  return inspect(error, { depth: 9, showHidden: true }) + String((error as Error).stack);
}

/** Every run of 16 characters that the key has as PEM, as hex, and as base64 that starts at any of its bytes. */
export function windowsOf(pem: string): Set<string> {
  const lines = pem.replaceAll(/-----[^-]*-----/g, "").split(/\s+/);
  const der = Buffer.from(lines.join(""), "base64");
  const shifted = [0, 1, 2].map((skipped) => der.subarray(skipped).toString("base64"));
  const windows = new Set<string>();
  for (const form of [...lines, ...shifted, der.toString("hex"), der.toString("latin1")]) {
    for (let at = 0; at + WINDOW <= form.length; at += 1) windows.add(form.slice(at, at + WINDOW));
  }
  return windows;
}

export function assertQuotesNothing(error: unknown, secretWindows: ReadonlySet<string>): void {
  const text = textOf(error);
  for (let at = 0; at + WINDOW <= text.length; at += 1) {
    // Without the text itself: a failing test must not print the key either.
    assert.ok(!secretWindows.has(text.slice(at, at + WINDOW)), "an error quotes the key");
  }
}
