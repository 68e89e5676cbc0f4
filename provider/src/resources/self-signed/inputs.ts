// SPDX-License-Identifier: Apache-2.0
// The inputs of a `KmsSelfSignedClientCertificate`.

import type { InputTable } from "../decode-inputs";
import { decodeDays, decodeHours } from "../input-decoders";
import { HOST_MADE_INPUTS } from "../made-by-hosts";
import type { HostMadeInputs } from "../made-by-hosts";

/** With defaults. @internal */
export interface SelfSignedInputs extends HostMadeInputs {
  readonly earlyRenewalHours: number;
  /** Undefined: a third of the certificate's lifetime, 30 at most. */
  readonly expiryWarningDays: number | undefined;
}

/** One row for each. @internal */
export const INPUTS: InputTable<SelfSignedInputs> = {
  ...HOST_MADE_INPUTS,
  earlyRenewalHours: { decode: decodeHours, default: 0 },
  expiryWarningDays: { decode: decodeDays, optional: true },
};
