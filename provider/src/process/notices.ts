// SPDX-License-Identifier: Apache-2.0
// Warnings and notes of one process: each text once for each resource, however many methods print it.

import type { Redactor } from "../core/redact";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import type { Display, Severity } from "./display";

/** What a notice is about. @internal */
export interface NoticeSubject {
  readonly urn: string | undefined;
  /** Undefined: a notice about the process or the connection. */
  readonly target?: KeyProvider | undefined;
  readonly redactor?: Redactor | undefined;
}

/** Prints each notice once. @internal */
export class Notices {
  readonly #display: Display;
  readonly #printed = new Set<string>();

  constructor(display: Display) {
    this.#display = display;
  }

  /**
   * Prints a sentence without a full stop, unless this process has printed it for this resource before. Cluster and key
   * provider are put in front.
   */
  print(severity: Severity, text: string, subject: NoticeSubject): void {
    const { target, redactor, urn } = subject;
    const about = target === undefined ? "" : `key provider "${target.keyProvider}" in cluster "${target.cluster}": `;
    const line = redactor === undefined ? about + text : redactor.redact(about + text);
    const key = `${urn ?? ""}\n${line}`;
    if (this.#printed.has(key)) return;
    this.#printed.add(key);
    this.#display.line(severity, line, urn);
  }
}
