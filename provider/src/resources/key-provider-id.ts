// SPDX-License-Identifier: Apache-2.0
// A resource's id: `<cluster>/<keyProvider>`, each percent-encoded.

import { CodedError } from "../core/coded-error";
import { visible } from "../core/visible";
import type { KeyProvider } from "../vsphere/kms/key-provider";

/** Writes an id. @internal */
export function toId({ cluster, keyProvider }: KeyProvider): string {
  return `${encodeURIComponent(cluster)}/${encodeURIComponent(keyProvider)}`;
}

/** Reads an id; throws `ERR_INPUT_INVALID` if it is of another form. @internal */
export function fromId(id: string): KeyProvider {
  const [cluster = "", keyProvider = "", ...more] = id.split("/").map(decodeSegment);
  if (cluster === "" || keyProvider === "" || more.length > 0) {
    const message = `the id "${visible(id, 200)}" is not of the form <cluster>/<keyProvider>`;
    throw new CodedError("ERR_INPUT_INVALID", message, {
      remedy: 'give both, each percent-encoded, for example "domain-c8/kms-1"',
    });
  }
  return { cluster, keyProvider };
}

function decodeSegment(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    // What could not be an input is no id either: it would change a path, or a terminal.
    return text === "." || text === ".." || text !== visible(text, text.length) ? "" : text;
  } catch {
    return "";
  }
}
