// SPDX-License-Identifier: Apache-2.0
// JSON from a server. V8's own parse error quotes the text around the mistake, which may be a key: it never gets out.

/** Parses JSON, without any `__proto__` member; undefined if the text is not JSON. @internal */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => (key === "__proto__" ? undefined : value)) as unknown;
  } catch {
    return undefined;
  }
}
