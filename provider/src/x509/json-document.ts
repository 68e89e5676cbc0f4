// SPDX-License-Identifier: Apache-2.0
// A JSON document in place of a certificate or key, as Vault, kubectl or a cloud's tools print it: finds the PEM text in it,
// and names the command that extracts it. Only plain words are repeated, since the document may be a secret.

import type { CodedError } from "../core/coded-error";
import { BEGIN_LINES } from "./pem-blocks";
import type { PemKind } from "./pem-refusal";
import { pemRefusal } from "./pem-refusal";

interface Place {
  /** As JavaScript, e.g. `.data.certificate`. */
  readonly path: string;
  readonly isBase64: boolean;
}

const MAX_DEPTH = 6;
const VAULT: readonly string[] = [".data.certificate", ".data.private_key"];
/** In the path of a CA's certificate, which is often printed before the one that it issued: `ca_chain`, `issuing_ca`, `ca.crt`. */
const OF_A_CA = /(?:^|[^a-z])ca(?:cert|[^a-z]|$)|chain|issu|root/i;

/** The error for a JSON document; undefined if the text is not JSON. */
export function jsonRefusal(text: string, expected: PemKind): CodedError | undefined {
  const document = parsed(text);
  if (document === undefined) return undefined;
  const places = placesOf(document, expected, "", MAX_DEPTH);
  const place = places.find(({ path }) => !OF_A_CA.test(path)) ?? places[0];
  if (place === undefined) return pemRefusal(expected, "is a JSON document", "give the PEM text that is in it");
  const value = `JSON.parse(fs.readFileSync("FILE"))${place.path}`;
  const command = `node -p '${place.isBase64 ? `Buffer.from(${value}, "base64").toString()` : value}' > FILE.pem`;
  const what = VAULT.includes(place.path) ? "is a JSON document, as Vault prints it" : "is a JSON document";
  return pemRefusal(expected, what, `extract it with \`${command}\` and give FILE.pem`);
}

function parsed(text: string): object | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where PEM text of the expected kind is. */
function placesOf(value: unknown, expected: PemKind, path: string, depth: number): Place[] {
  if (typeof value === "string") {
    if (BEGIN_LINES[expected].test(value)) return [{ path, isBase64: false }];
    return BEGIN_LINES[expected].test(Buffer.from(value, "base64").toString("latin1"))
      ? [{ path, isBase64: true }]
      : [];
  }
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const step = stepTo(name, Array.isArray(value));
    return step === undefined ? [] : placesOf(member, expected, path + step, depth - 1);
  });
}

function stepTo(name: string, isArray: boolean): string | undefined {
  if (isArray) return `[${name}]`;
  if (/^[A-Za-z_]\w{0,63}$/.test(name)) return `.${name}`;
  return /^[\w.-]{1,64}$/.test(name) ? `["${name}"]` : undefined;
}
