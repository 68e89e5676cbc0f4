// SPDX-License-Identifier: Apache-2.0
// Counts and times as the commands print them.

import { systemClock } from "../core/clock";
import type { CertificateInfo } from "../x509/certificate";
import { spanOf } from "../x509/rules";

/** E.g. `1 key provider`, `2 key providers`. @internal */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** E.g. `in 30 days`, `EXPIRED`. @internal */
export function timeLeft({ notAfterMs }: Pick<CertificateInfo, "notAfterMs">): string {
  const leftMs = notAfterMs - systemClock.wallMs();
  return leftMs <= 0 ? "EXPIRED" : `in ${spanOf(leftMs)}`;
}
