// SPDX-License-Identifier: Apache-2.0
// What the engine keeps of one resource, and what it asks of a provider process in an `up` and in an `up --refresh`: for
// processes that are killed, without the time that the real engine takes. It knows no certificate.

import assert from "node:assert/strict";
import { ProviderFailure } from "../dynamic-provider";
import type { DynamicProvider, Properties } from "../dynamic-provider";

/** The resource as it is in the state file. */
export interface Saved {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** True after an init failure: the next `up` updates whatever `diff` says. */
  readonly notFinished: boolean;
}

/** What an `up` did to the resource. */
export type Step = "create" | "update" | "same";

/** One resource of a stack; a call of the provider that is never answered changes nothing. */
export class SavedResource {
  #saved: Saved | undefined;

  /** @param saved - of earlier runs; undefined: there was none */
  constructor(saved?: Saved) {
    this.#saved = saved;
  }

  /** What the state file holds; undefined: nothing. */
  get saved(): Saved | undefined {
    return this.#saved;
  }

  /**
   * `pulumi up`.
   *
   * @returns what was done
   * @throws ProviderFailure; an init failure is saved before
   */
  async up(provider: DynamicProvider, declared: Readonly<Properties>): Promise<Step> {
    const saved = this.#saved;
    const { inputs, failures } = await provider.check({ ...saved?.inputs }, { ...declared });
    assert.deepEqual(failures, []);
    if (saved === undefined) {
      await this.#save(inputs, async () => {
        const { id, properties } = await provider.create(inputs);
        return { id, inputs, outputs: properties, notFinished: false };
      });
      return "create";
    }
    const { changes, replaces } = await provider.diff(saved.id, saved.outputs, inputs);
    assert.deepEqual(replaces, []);
    if (changes !== true && !saved.notFinished) return "same";
    // A failed update leaves the old inputs beside the new outputs.
    await this.#save(saved.inputs, async () => {
      const outputs = await provider.update(saved.id, saved.outputs, inputs);
      return { id: saved.id, inputs, outputs, notFinished: false };
    });
    return "update";
  }

  /**
   * `pulumi up --refresh`.
   *
   * @returns what was done after the refresh
   * @throws ProviderFailure as {@link up}
   */
  async upRefresh(provider: DynamicProvider, declared: Readonly<Properties>): Promise<Step> {
    const saved = this.#saved;
    if (saved !== undefined) {
      const { id, properties, inputs } = await provider.read(saved.id, saved.outputs);
      // The engine forgets an init failure in a refresh.
      this.#saved =
        id === "" ? undefined : { id, inputs: inputs ?? saved.inputs, outputs: properties, notFinished: false };
    }
    return this.up(provider, declared);
  }

  async #save(inputsOfFailure: Properties, step: () => Promise<Saved>): Promise<void> {
    try {
      this.#saved = await step();
    } catch (error) {
      if (error instanceof ProviderFailure && error.init !== undefined) {
        const { id, properties } = error.init;
        this.#saved = { id, inputs: inputsOfFailure, outputs: properties, notFinished: true };
      }
      throw error;
    }
  }
}
