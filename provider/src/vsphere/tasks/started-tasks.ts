// SPDX-License-Identifier: Apache-2.0
// Which tasks this process has started, and on which key provider: a task of a sibling is never taken for one's own.

import type { KeyProvider } from "../kms/key-provider";

/** The tasks whose ids were in 202 answers of this process. @internal */
export class StartedTasks {
  readonly #targets = new Map<string, string>();

  /** Remembers whose task it is. */
  add(taskId: string, target: KeyProvider): void {
    this.#targets.set(taskId, keyOf(target));
  }

  /** Whether this process has started it. */
  has(taskId: string): boolean {
    return this.#targets.has(taskId);
  }

  /** Whether this process has started it on another key provider. */
  isOfAnother(taskId: string, target: KeyProvider): boolean {
    const owner = this.#targets.get(taskId);
    return owner !== undefined && owner !== keyOf(target);
  }
}

function keyOf({ cluster, keyProvider }: KeyProvider): string {
  return JSON.stringify([cluster, keyProvider]);
}
