// SPDX-License-Identifier: Apache-2.0
// vSphere's localizable messages: what a server says to a person, decoded with care and made safe to print.

import { visible } from "../../core/visible";

/**
 * One message of vSphere.
 *
 * Source: com.vmware.vapi.std.LocalizableMessage, vSphere Automation API (documented).
 * @internal
 */
export interface Message {
  /** The message's id, e.g. `com.vmware.vapi.rest.httpNotFound`; empty if the server sent none. */
  readonly id: string;
  /** `localized` if it was sent, else `default_message`; control characters made visible. */
  readonly text: string;
}

/** More than any real stack has. */
const MAX_MESSAGES = 100;

/** Decodes `messages` or a single message, in order (each next is the cause); drops what is no message. @internal */
export function decodeMessages(wire: unknown): readonly Message[] {
  const list: readonly unknown[] = Array.isArray(wire) ? wire : [wire];
  const messages: Message[] = [];
  for (const entry of list) {
    if (!isRecord(entry)) continue;
    // The router of older releases writes `defaultMessage`. Seen in recorded traffic.
    const text = firstString(entry["localized"], entry["default_message"], entry["defaultMessage"]);
    const id = firstString(entry["id"]);
    if (text === undefined && id === undefined) continue;
    messages.push({ id: visible(id ?? "", 200), text: visible(text ?? id ?? "") });
    if (messages.length === MAX_MESSAGES) break;
  }
  return messages;
}

/** A message stack as one sentence, e.g. `A failed, caused by: B`; empty for no message. @internal */
export function formatMessages(messages: readonly Message[]): string {
  return messages
    .map((message) => message.text.replace(/[.\s]+$/, ""))
    .filter((text) => text !== "")
    .join(", caused by: ");
}

/** Whether parsed JSON is an object, neither null nor an array. @internal */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstString(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((candidate): candidate is string => typeof candidate === "string" && candidate !== "");
}
