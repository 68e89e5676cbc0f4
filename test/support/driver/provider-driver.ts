// SPDX-License-Identifier: Apache-2.0
// Calls a provider's methods in the engine's order and remembers what the engine would save, without the engine's time.

import type { CheckFailure, Difference, Driver, Notice, Properties, ResourceType, Saved } from "./index";
import { urnOf } from "./index";
import type { ProviderMethods } from "./methods";
import type { Outcome } from "./outcome";
import { codeAtEnd } from "./outcome";

/** What a {@link ProviderDriver} is made of. */
export interface ProviderDriverOptions {
  readonly type: ResourceType;
  readonly name: string;
  /** Ends the process of the run before, if there was one, and starts the next. */
  readonly startRun: () => Promise<ProviderMethods>;
}

/** Stands in for the engine. */
export class ProviderDriver implements Driver {
  readonly type: ResourceType;
  readonly #options: ProviderDriverOptions;
  #methods: ProviderMethods | undefined;
  #saved: Saved | undefined;
  #said = 0;
  #afterCheck: (() => Promise<void>) | undefined;

  constructor(options: ProviderDriverOptions) {
    this.type = options.type;
    this.#options = options;
  }

  saved(): Saved | undefined {
    return this.#saved;
  }

  notices(): readonly Notice[] {
    return (this.#methods?.notices() ?? []).slice(this.#said);
  }

  /** Puts a state in place without a run. */
  readonly seed = (saved: Saved): void => {
    this.#saved = saved;
  };

  /** Does something once, between the next `check` that succeeds and the method after it. */
  readonly onceChecked = (action: () => Promise<void>): void => {
    this.#afterCheck = action;
  };

  async nextRun(): Promise<void> {
    this.#methods = await this.#options.startRun();
  }

  async check(inputs: Properties): Promise<readonly CheckFailure[]> {
    const methods = await this.#begin();
    return (await methods.check(this.#saved?.inputs ?? {}, this.#declared(inputs))).failures;
  }

  async diff(inputs: Properties): Promise<Difference> {
    const methods = await this.#begin();
    const saved = this.#existing();
    // What is compared are the inputs as checked, also if a mistake would end the preview.
    const { inputs: news } = await methods.check(saved.inputs, this.#declared(inputs));
    return this.#difference(methods, saved, news);
  }

  create(inputs: Properties): Promise<Outcome> {
    return this.#checked(inputs, (methods, news) => this.#create(methods, news));
  }

  update(inputs: Properties): Promise<Outcome> {
    return this.#checked(inputs, async (methods, news) => {
      const saved = this.#existing();
      const difference = await this.#difference(methods, saved, news);
      if (difference === "replace") {
        const created = await this.#create(methods, news);
        return created.kind === "failure"
          ? created
          : firstFailure(await methods.delete(saved.id, saved.outputs), created);
      }
      if (difference === "none" && !saved.notFinished) {
        this.#saved = { ...saved, inputs: news };
        return { kind: "success", id: saved.id, properties: saved.outputs, elapsedMs: 0 };
      }
      // A failed update leaves the old inputs beside the new outputs.
      return this.#keep(await methods.update(saved.id, saved.outputs, news), news, saved.inputs);
    });
  }

  async read(): Promise<Outcome> {
    const methods = await this.#begin();
    const saved = this.#existing();
    const outcome = await methods.read(saved.id, saved.outputs);
    if (outcome.kind !== "success") return outcome;
    const { id, properties, inputs = saved.inputs } = outcome;
    // The engine forgets an init failure in a refresh.
    this.#saved = id === undefined ? undefined : { id, inputs, outputs: properties, notFinished: false };
    return outcome;
  }

  async delete(): Promise<Outcome> {
    const methods = await this.#begin();
    const saved = this.#existing();
    const outcome = await methods.delete(saved.id, saved.outputs);
    if (outcome.kind === "success") this.#saved = undefined;
    return outcome;
  }

  async #begin(): Promise<ProviderMethods> {
    this.#methods ??= await this.#options.startRun();
    this.#said = this.#methods.notices().length;
    return this.#methods;
  }

  #declared(inputs: Properties): Properties {
    const { type, name } = this.#options;
    return { __provider: type.handlerLine, __urn: urnOf(type, name), ...inputs };
  }

  #existing(): Saved {
    if (this.#saved === undefined) throw new Error("nothing is saved");
    return this.#saved;
  }

  async #checked(
    inputs: Properties,
    go: (methods: ProviderMethods, news: Properties) => Promise<Outcome>,
  ): Promise<Outcome> {
    const methods = await this.#begin();
    const { inputs: news, failures } = await methods.check(this.#saved?.inputs ?? {}, this.#declared(inputs));
    if (failures.length === 0) {
      const action = this.#afterCheck;
      this.#afterCheck = undefined;
      await action?.();
      return go(methods, news);
    }
    const message = failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
    return { kind: "failure", code: codeAtEnd(message), message, elapsedMs: 0 };
  }

  async #difference(methods: ProviderMethods, saved: Saved, news: Properties): Promise<Difference> {
    const { changes, replaces } = await methods.diff(saved.id, saved.outputs, news);
    return replaces.length > 0 ? "replace" : changes ? "update" : "none";
  }

  async #create(methods: ProviderMethods, news: Properties): Promise<Outcome> {
    return this.#keep(await methods.create(news), news, news);
  }

  #keep(outcome: Outcome, inputs: Properties, inputsOfFailure: Properties): Outcome {
    if (outcome.kind === "success") {
      const id = outcome.id ?? this.#existing().id;
      this.#saved = { id, inputs, outputs: outcome.properties, notFinished: false };
    } else if (outcome.kind === "not-finished") {
      const { id, properties } = outcome;
      this.#saved = { id, inputs: inputsOfFailure, outputs: properties, notFinished: true };
    }
    return outcome;
  }
}

function firstFailure(outcome: Outcome, otherwise: Outcome): Outcome {
  return outcome.kind === "success" ? otherwise : outcome;
}
