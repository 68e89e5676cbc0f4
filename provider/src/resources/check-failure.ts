// SPDX-License-Identifier: Apache-2.0
// From an error to a failure of `check`. Its property stays empty, because the engine prints the value of a named one.

import type { CheckFailure } from "@pulumi/pulumi/dynamic";
import { isCodedError } from "../core/coded-error";
import type { Redactor } from "../core/redact";
import { withCommand } from "../process/failure";

/** A failure with the error's code and remedy, free of secrets; throws what is not one of our errors. @internal */
export function toCheckFailure(error: unknown, redactor: Redactor, name?: string): CheckFailure {
  if (!isCodedError(error)) throw error;
  const { message, remedy, code } = error;
  const subject = name === undefined ? "" : `${name}: `;
  const next = remedy === undefined ? "" : `. To fix it: ${withCommand(remedy, "pulumi up")}`;
  return { property: "", reason: redactor.redact(`${subject}${message}${next} [${code}]`) };
}
