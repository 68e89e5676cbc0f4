// SPDX-License-Identifier: Apache-2.0
// JSON as the simulator accepts it: UTF-8, no duplicate keys, one object with known fields. Knows no field by name.

import { malformed } from "./vapi-errors";

/**
 * Parses a request body that must be one JSON object.
 * @param structure name of the structure, for the message.
 * @param fields names that may occur; anything else is refused, a `spec` wrapper included.
 * @returns the object's fields, values unchecked.
 * @throws Refusal INVALID_ARGUMENT, counted as unexpected.
 */
export function parseStrictObject(body: Buffer, structure: string, fields: readonly string[]): Record<string, unknown> {
  const value = parseStrict(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const got = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
    throw malformed("vapi.data.invalid", "Invalid Type, expected %s, instead got %s", [structure, got]);
  }
  return knownFields(value, structure, fields);
}

/** Refuses fields outside the list. @throws Refusal INVALID_ARGUMENT, counted as unexpected. */
export function knownFields(value: object, structure: string, fields: readonly string[]): Record<string, unknown> {
  for (const name of Object.keys(value)) {
    if (!fields.includes(name)) {
      throw malformed("vapi.data.structure.field.unexpected", 'Found unexpected field "%s" in structure "%s"', [
        name,
        structure,
      ]);
    }
  }
  return value as Record<string, unknown>;
}

function parseStrict(body: Buffer): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    value = JSON.parse(text);
  } catch {
    throw malformed("com.vmware.vapi.rest.badJson", "The request body is not valid JSON.");
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw malformed("com.vmware.vapi.rest.duplicateKey", "Duplicate key %s.", [twice]);
  return value;
}

/** The first key that occurs twice in one object of a text that is known to be valid JSON. */
function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":" && tokens[index + 1] === ":") {
      const keys = open.at(-1);
      const key = JSON.parse(token) as string;
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
