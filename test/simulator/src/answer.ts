// SPDX-License-Identifier: Apache-2.0
// What the simulated vCenter answers, before a fault rule gets hold of it: a value, not a socket.

/** One HTTP answer. `body` absent means no body at all (204, or an empty 202). */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/**
 * An answer with a JSON body.
 * @param value anything JSON can hold; strings come out quoted, as vAPI sends a task id.
 */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  return { status, headers: { "Content-Type": "application/json", ...headers }, body };
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers };
}
