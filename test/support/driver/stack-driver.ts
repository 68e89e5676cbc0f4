// SPDX-License-Identifier: Apache-2.0
// The real engine: each method is a run of the CLI on a stack whose program is `declare.js`.

import type { OperationResult, Stack } from "../engine";
import type { CheckFailure, Difference, Driver, Notice, Properties, ResourceType, Saved } from "./index";
import type { Outcome } from "./outcome";
import { codeAtEnd } from "./outcome";

/** What a {@link StackDriver} is made of. */
export interface StackDriverOptions {
  readonly type: ResourceType;
  readonly name: string;
  readonly stack: Stack;
  /** Writes what the program declares. */
  readonly declare: (args: Properties) => Promise<void>;
}

/** The engine prints `error: <resource> resource '<name>' has a problem: <reason>`, or names the property. */
const PROBLEM = /(?:property '?(?<property>[A-Za-z]+)'? value .*? )?has a problem: (?<reason>[\s\S]*)$/;

/** One resource under the real engine. */
export class StackDriver implements Driver {
  readonly type: ResourceType;
  readonly #options: StackDriverOptions;
  #saved: Saved | undefined;
  #result: OperationResult | undefined;

  constructor(options: StackDriverOptions) {
    this.type = options.type;
    this.#options = options;
  }

  saved(): Saved | undefined {
    return this.#saved;
  }

  notices(): readonly Notice[] {
    return (this.#result?.diagnostics ?? [])
      .filter(({ ephemeral, severity }) => !ephemeral && severity !== "error" && severity !== "info#err")
      .map(({ severity, urn, message }) => ({ severity, urn, text: message }));
  }

  /** Every run has a process of its own. */
  async nextRun(): Promise<void> {
    // Nothing is left of the one before.
  }

  async check(inputs: Properties): Promise<readonly CheckFailure[]> {
    const { diagnostics } = await this.#declareAnd("preview", inputs);
    return diagnostics.flatMap(({ severity, message }) => {
      const found = PROBLEM.exec(message);
      if (severity !== "error" || found === null) return [];
      return [{ property: found.groups?.["property"] ?? "", reason: found.groups?.["reason"] ?? "" }];
    });
  }

  async diff(inputs: Properties): Promise<Difference> {
    const { steps } = await this.#declareAnd("preview", inputs);
    const ops = steps.filter(({ name }) => name === this.#options.name).map(({ op }) => op);
    return ops.some((op) => op.includes("replace")) ? "replace" : ops.includes("update") ? "update" : "none";
  }

  create(inputs: Properties): Promise<Outcome> {
    return this.update(inputs);
  }

  async update(inputs: Properties): Promise<Outcome> {
    return this.#outcome(await this.#declareAnd("up", inputs));
  }

  async read(): Promise<Outcome> {
    return this.#outcome(await this.#run("refresh"));
  }

  async delete(): Promise<Outcome> {
    return this.#outcome(await this.#run("destroy"));
  }

  async #declareAnd(command: "up" | "preview", inputs: Properties): Promise<OperationResult> {
    await this.#options.declare(inputs);
    return this.#run(command);
  }

  async #run(command: "up" | "preview" | "refresh" | "destroy"): Promise<OperationResult> {
    this.#result = await this.#options.stack[command]();
    return this.#result;
  }

  async #outcome({ status, elapsedMs, diagnostics, stdout, stderr }: OperationResult): Promise<Outcome> {
    const { resources } = await this.#options.stack.exportState();
    const found = resources.find(({ urn, delete: old }) => urn.endsWith(`::${this.#options.name}`) && old !== true);
    const { id, inputs = {}, outputs: properties = {}, initErrors: reasons = [] } = found ?? {};
    this.#saved = id === undefined ? undefined : { id, inputs, outputs: properties, notFinished: reasons.length > 0 };
    if (status === 0) return { kind: "success", id, properties, elapsedMs };
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    const said = errors.join("\n");
    const message = errors.find((text) => /\[ERR_[A-Z_]+\]/.test(text)) ?? `${stdout}\n${stderr}`;
    const failure = { code: codeAtEnd(message), message, elapsedMs };
    const [reason] = reasons;
    return reason !== undefined && id !== undefined && said.includes(reason)
      ? { kind: "not-finished", ...failure, code: codeAtEnd(reason), message: reason, id, properties, reasons }
      : { kind: "failure", ...failure };
  }
}
