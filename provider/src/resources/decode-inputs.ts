// SPDX-License-Identifier: Apache-2.0
// A type's inputs as a table: decoding, defaults, what the state keeps and what causes a replacement follow from it. Every
// problem is reported at once; unknown values are skipped.

import { isDeepStrictEqual } from "node:util";
import { CodedError } from "../core/coded-error";
import type { Redactor } from "../core/redact";
import type { Properties } from "../process/properties";

/** What the engine sends for a value that a preview does not know. Source: @pulumi/pulumi, runtime/rpc `unknownValue`. @internal */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One input. @internal */
export interface InputRow<T> {
  /** Throws a TypeError whose text follows the input's name: "must be a string". */
  readonly decode: (value: unknown) => T;
  /** Used if the input is absent; without one, and not `optional`, it is required. */
  readonly default?: T;
  readonly optional?: true;
  /** A private key, or a password: taken out of every text, and never kept in the outputs. */
  readonly secret?: "pem" | "text";
  /** A secret, or too long to be printed: failures do not name it as their property, since the engine prints its value. */
  readonly hidden?: true;
  /** A change of it replaces the resource. */
  readonly replaces?: true;
  /**
   * Kept in the outputs if the program gave it. `compared`: a change of it is an update. `renews`: an update that writes;
   * the outputs keep that of the last write. `kept`: only a refresh needs it. Older states lack it, so a difference is no
   * change.
   */
  readonly stored?: "compared" | "renews" | "kept";
}

/** The inputs of one type. @internal */
export type InputTable<I> = { readonly [K in keyof I]-?: InputRow<I[K]> };

/** A problem of one input. @internal */
export interface InputFailure {
  /** Empty if the engine must not print the value. */
  readonly property: string;
  readonly reason: string;
}

/** Inputs as far as they are known and right: a member is undefined if its value is unknown, absent or wrong. @internal */
export type Known<I> = { readonly [K in keyof I]: I[K] | undefined };

/** Whether a value is not known yet, or holds such a value at any depth. @internal */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(isUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/** Whether the program gave a value. @internal */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Decodes inputs: with defaults, and every failure. @internal */
export function decodeInputs<I>(
  table: InputTable<I>,
  wire: Properties,
): { readonly inputs: Known<I>; readonly failures: readonly InputFailure[] } {
  const failures: InputFailure[] = [];
  const inputs: Partial<Known<I>> = {};
  for (const name of namesOf(table)) {
    try {
      inputs[name] = decodeInput(table[name], wire[name]);
    } catch (error) {
      const reason = `${name} ${error instanceof Error ? error.message : "is wrong"}`;
      failures.push({ property: table[name].hidden === true || !isGiven(wire[name]) ? "" : name, reason });
    }
  }
  return { inputs: inputs as Known<I>, failures };
}

function decodeInput<T>(row: InputRow<T>, value: unknown): T | undefined {
  if (isUnknown(value)) return undefined;
  if (isGiven(value)) return row.decode(value);
  if (row.default === undefined && row.optional !== true) throw new TypeError("is missing");
  return row.default;
}

/**
 * Decodes inputs that `check` has passed.
 *
 * @throws CodedError `ERR_INPUT_INVALID` naming every failure; an unknown value is one here
 * @internal
 */
export function requireInputs<I>(table: InputTable<I>, wire: Properties): I {
  const { inputs, failures } = decodeInputs(table, wire);
  const unknown = namesOf(table).filter((name) => isUnknown(wire[name]));
  const reasons = [...failures.map(({ reason }) => reason), ...unknown.map((name) => `${name} is unknown`)];
  if (reasons.length > 0) throw new CodedError("ERR_INPUT_INVALID", `the inputs are not valid: ${reasons.join("; ")}`);
  return inputs as I;
}

/**
 * The inputs that the outputs keep: those of the table that the program gave.
 *
 * @param lastWritten - where those that renew are taken from
 * @internal
 */
export function storedInputs<I>(table: InputTable<I>, wire: Properties, lastWritten: Properties = wire): Properties {
  const stored = namesOf(table).map((name): [string, unknown] => {
    const { stored: kind } = table[name];
    return [name, kind === undefined ? undefined : (kind === "renews" ? lastWritten : wire)[name]];
  });
  return Object.fromEntries(stored.filter(([, value]) => isGiven(value)));
}

/** Makes the secrets among the inputs known to a redactor. @internal */
export function addSecrets<I>(redactor: Redactor, table: InputTable<I>, inputs: Known<I>): void {
  for (const name of namesOf(table)) {
    const value = inputs[name];
    if (typeof value !== "string") continue;
    if (table[name].secret === "pem") redactor.addPem(value);
    if (table[name].secret === "text") redactor.addText(value);
  }
}

/** Whether an option that the outputs keep has changed. An unknown one counts as changed. @internal */
export function optionsChanged<I>(table: InputTable<I>, olds: Properties, news: Properties): boolean {
  return storedDiffer(table, ["compared", "renews"], olds, news);
}

/** Whether an input has changed whose change means a new write. @internal */
export function isRenewed<I>(table: InputTable<I>, olds: Properties, news: Properties): boolean {
  return storedDiffer(table, ["renews"], olds, news);
}

function storedDiffer<I>(
  table: InputTable<I>,
  kinds: readonly InputRow<unknown>["stored"][],
  olds: Properties,
  news: Properties,
): boolean {
  return namesOf(table).some((name) => {
    if (!kinds.includes(table[name].stored)) return false;
    if (isUnknown(news[name])) return true;
    // The engine may send the members of an object in any order.
    return !isDeepStrictEqual(canonical(table[name], olds[name]), canonical(table[name], news[name]));
  });
}

/** "600" and 600 are the same option. */
function canonical<T>(row: InputRow<T>, value: unknown): unknown {
  if (!isGiven(value)) return null;
  try {
    const decoded = row.decode(value);
    // No triggers and an empty list of them are the same.
    return Array.isArray(decoded) && decoded.length === 0 ? null : decoded;
  } catch {
    return value;
  }
}

/** The inputs whose change replaces the resource. An unknown one counts as changed. @internal */
export function replacedInputs<I>(table: InputTable<I>, olds: Properties, news: Properties): string[] {
  const replacing = namesOf(table).filter((name) => table[name].replaces === true);
  return replacing.filter((name) => isUnknown(news[name]) || news[name] !== olds[name]);
}

/** The URN that the constructor passes along, for display only; undefined if it is missing, unknown or no URN. @internal */
export function urnOf(wire: Properties): string | undefined {
  const urn = wire["__urn"];
  return typeof urn === "string" && urn.startsWith("urn:pulumi:") ? urn : undefined;
}

function namesOf<I>(table: InputTable<I>): (keyof I & string)[] {
  return Object.keys(table) as (keyof I & string)[];
}
