// SPDX-License-Identifier: Apache-2.0
// How single inputs are decoded. Each throws a TypeError whose text follows the input's name.

import { visible } from "../core/visible";
import { DEFAULT_TIMEOUT_SECONDS } from "../process/run-operation";
import type { InputRow } from "./decode-inputs";

/** Node's longest timer, in seconds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;
/** A longer text is no id. */
const MAX_ID_LENGTH = 512;

/** The inputs that every type has. @internal */
export interface CommonInputs {
  readonly cluster: string;
  readonly keyProvider: string;
  readonly timeoutSeconds: number;
}

/** Their rows. @internal */
export const COMMON_INPUTS: { readonly [K in keyof CommonInputs]: InputRow<CommonInputs[K]> } = {
  cluster: { decode: decodeId, hidden: true, replaces: true },
  keyProvider: { decode: decodeId, hidden: true, replaces: true },
  timeoutSeconds: { decode: decodeTimeout, default: DEFAULT_TIMEOUT_SECONDS, stored: "compared" },
};

/** A text that is not blank. @internal */
export function decodeText(value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`must be a string; received ${typeof value}`);
  if (value.trim() === "") throw new TypeError("is empty");
  return value;
}

function decodeId(value: unknown): string {
  const id = decodeText(value);
  if (id !== visible(id, MAX_ID_LENGTH)) throw new TypeError("has control characters or is too long");
  // As a path segment of its own it would change the path.
  if (id === "." || id === "..") throw new TypeError(`must not be "${id}"`);
  return id;
}

function decodeTimeout(value: unknown): number {
  const seconds = numberOf(value);
  if (!(seconds > 0) || seconds > MAX_TIMEOUT_SECONDS) {
    throw new TypeError(`must be a number of seconds above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  return seconds;
}

/** Days, 0 or more; fractions are allowed. @internal */
export function decodeDays(value: unknown): number {
  return decodeAmount(value, "days");
}

/** Hours, 0 or more; fractions are allowed. @internal */
export function decodeHours(value: unknown): number {
  return decodeAmount(value, "hours");
}

function decodeAmount(value: unknown, unit: string): number {
  const amount = numberOf(value);
  if (!(amount >= 0) || !Number.isFinite(amount)) throw new TypeError(`must be a number of ${unit}, 0 or more`);
  return amount;
}

/** Values whose change means a new write; their text is never shown. @internal */
export function decodeTriggers(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('must be a list, for example [config.require("rotation")]');
  return value;
}

/** A number may come as text, from `config.get`; NaN if it is neither. */
function numberOf(value: unknown): number {
  if (typeof value === "string" && /^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value);
  return typeof value === "number" ? value : NaN;
}

/** @internal */
export function decodeBoolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError(`must be true or false; received ${typeof value}`);
  return value;
}

/** One of the given words. @internal */
export function decodeChoice<T extends string>(...choices: readonly T[]): (value: unknown) => T {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new TypeError(`must be ${choices.map((choice) => `"${choice}"`).join(" or ")}`);
    return found;
  };
}
