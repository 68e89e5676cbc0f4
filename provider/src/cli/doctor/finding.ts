// SPDX-License-Identifier: Apache-2.0
// One line of `doctor`: what was checked, what was found, how to fix it.

import { CodedError } from "../../core/coded-error";
import { withCommand } from "../../process/failure";
import { ReadingError } from "../../process/reading-session";

/** @internal */
export interface Finding {
  /** E.g. `tls`, `certificate domain-c8/kms-1`. */
  readonly check: string;
  /** `skipped`: an earlier error makes it impossible. */
  readonly status: "ok" | "warning" | "error" | "skipped";
  readonly found: string;
  readonly fix?: string;
}

/** @internal */
export function ok(check: string, found: string): Finding {
  return { check, status: "ok", found };
}

/** @internal */
export function bad(status: "warning" | "error", check: string, found: string, fix: string): Finding {
  return { check, status, found, fix };
}

/** An error of ours with its remedy. @internal */
export function ofError(check: string, error: unknown): Finding {
  if (error instanceof ReadingError) {
    const { what, next, code } = error.failure;
    return withFix(check, `${what} [${code}]`, next);
  }
  if (error instanceof CodedError) return withFix(check, `${error.message} [${error.code}]`, error.remedy);
  return { check, status: "error", found: error instanceof Error ? error.message : "it failed" };
}

function withFix(check: string, found: string, fix: string | undefined): Finding {
  const finding = { check, status: "error", found } as const;
  return fix === undefined ? finding : { ...finding, fix: withCommand(fix, "pulumi up") };
}

const MARK = { ok: "ok     ", warning: "WARNING", error: "ERROR  ", skipped: "-      " } as const;

/** @internal */
export function asText({ check, status, found, fix }: Finding): string {
  return `${MARK[status]} ${check}: ${found}\n${fix === undefined ? "" : `        fix: ${fix}\n`}`;
}
