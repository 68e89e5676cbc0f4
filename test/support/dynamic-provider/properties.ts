// SPDX-License-Identifier: Apache-2.0

// Resource properties between JavaScript and protobuf's Struct, as the engine sends and keeps them.

import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Inputs or outputs of one resource: JSON values only. */
export type Properties = Record<string, unknown>;

/** What the engine sends in a preview in place of a value that isn't known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Encodes properties as the engine does.
 *
 * @param properties - JSON values; anything else is refused by protobuf, as it would be for a real provider.
 */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

/**
 * Decodes properties; no Struct gives no properties.
 *
 * @param struct - a field of an answer, which may not be set.
 */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct === undefined ? {} : struct.toJavaScript();
}
