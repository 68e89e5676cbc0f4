// SPDX-License-Identifier: Apache-2.0
// When a self-signed certificate is renewed, and when its end is announced. The dates are those of the state: a preview
// sends nothing.

import type { Properties } from "../../process/properties";
import { defaultExpiryWarningDays } from "../../x509/rules";
import type { Known } from "../decode-inputs";
import type { DiffCall } from "../resource-type";
import { savedText } from "../saved-state";
import type { SelfSignedInputs } from "./inputs";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whether the certificate is within its early renewal, or has expired. @internal */
export function isDue(
  { earlyRenewalHours = 0 }: Pick<Known<SelfSignedInputs>, "earlyRenewalHours">,
  outputs: Properties,
  nowMs: number,
): boolean {
  return dateOf(outputs, "notAfter") - earlyRenewalHours * HOUR_MS <= nowMs;
}

/** Whether it must be renewed; warns before. @internal */
export function differs(call: DiffCall<SelfSignedInputs>): boolean {
  const { providerProcess, inputs, olds, urn } = call;
  const { cluster, keyProvider } = inputs;
  const nowMs = providerProcess.clock.wallMs();
  if (isDue(inputs, olds, nowMs)) return true;
  const notAfterMs = dateOf(olds, "notAfter");
  const days =
    inputs.expiryWarningDays ?? defaultExpiryWarningDays({ notBeforeMs: dateOf(olds, "notBefore"), notAfterMs });
  const isSoon = days > 0 && notAfterMs - days * DAY_MS <= nowMs;
  if (!isSoon) return false;
  const target = cluster === undefined || keyProvider === undefined ? undefined : { cluster, keyProvider };
  const text = `the certificate expires at ${new Date(notAfterMs).toISOString()}; to have the hosts make a new one, change triggers or raise earlyRenewalHours`;
  providerProcess.notices.print("warning", text, { urn, target });
  return false;
}

/** What is wrong with an early renewal that is longer than the certificate's lifetime; undefined: nothing. @internal */
export function tooEarly({ earlyRenewalHours }: SelfSignedInputs, outputs: Properties): string | undefined {
  const hours = (dateOf(outputs, "notAfter") - dateOf(outputs, "notBefore")) / HOUR_MS;
  if (!(hours <= earlyRenewalHours)) return undefined;
  return `the hosts make certificates for ${Math.round(hours)} hours and earlyRenewalHours is ${earlyRenewalHours}: every \`pulumi up\` makes a new one; set it lower`;
}

/** Milliseconds since 1970; NaN, which is never due, if the state does not say. */
function dateOf(outputs: Properties, name: "notBefore" | "notAfter"): number {
  return Date.parse(savedText(outputs, name) ?? "");
}
