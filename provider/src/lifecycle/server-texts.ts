// SPDX-License-Identifier: Apache-2.0
// What the server says is saved in plain: names in a certificate may repeat a password, a session id or a key. Task ids that
// do so are never followed, and never saved.

import type { Redactor } from "../core/redact";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";

/** The outputs that may hold any text. Fingerprints, numbers and dates have forms of their own. */
const FREE_TEXTS = ["subject", "issuer"] as const;

/** Outputs without secrets; `keys` knows those of the call. @internal */
export function redactServerTexts(providerProcess: ProviderProcess, outputs: Properties, keys?: Redactor): Properties {
  const redactor = providerProcess.access.redactor();
  const clean: Record<string, unknown> = { ...outputs };
  for (const name of FREE_TEXTS) {
    const text = outputs[name];
    if (typeof text === "string") clean[name] = redactor.redact(keys?.redact(text) ?? text);
  }
  return clean;
}
