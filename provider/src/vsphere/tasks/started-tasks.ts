// SPDX-License-Identifier: Apache-2.0
// Which tasks this process has started, and on which key provider: a task of a sibling is never taken for one's own.

import type { KeyProvider } from "../kms/key-provider";

/** The tasks that this process follows: by the id in a 202 answer, or surely its own by their target. @internal */
export class StartedTasks {
  readonly #targets = new Map<string, string>();
  readonly #open = new Set<string>();
  readonly #lost = new Set<string>();

  /** Remembers whose task it is. */
  add(taskId: string, target: KeyProvider): void {
    this.#targets.set(taskId, keyOf(target));
    this.#open.add(taskId);
  }

  /** It has ended, or vCenter does not know it any more. */
  ended(taskId: string): void {
    this.#open.delete(taskId);
  }

  /** Those on this key provider whose end was not seen. */
  openOn(target: KeyProvider): readonly string[] {
    return [...this.#open].filter((taskId) => this.#targets.get(taskId) === keyOf(target));
  }

  /** A write on this key provider may still run, and its task id is unknown. */
  lost(target: KeyProvider): void {
    this.#lost.add(keyOf(target));
  }

  /** Whether there was such a write. */
  hasLost(target: KeyProvider): boolean {
    return this.#lost.has(keyOf(target));
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
