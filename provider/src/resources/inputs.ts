// SPDX-License-Identifier: Apache-2.0
// What the engine hands in, decoded: every input typed, every problem found at once, unknown values passed over.

import { CodedError } from "../core/coded-error";
import { visible } from "../core/visible";

/** What stands for a value that is not known in a preview. Source: @pulumi/pulumi, runtime/rpc `unknownValue`. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The inputs of a `KmsClientCertificate` with its defaults. @internal */
export interface KmsClientCertificateInputs {
  readonly cluster: string;
  readonly keyProvider: string;
  /** PEM as the program gave it. */
  readonly certificate: string;
  readonly privateKey: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly timeoutSeconds: number;
  readonly expiryWarningDays: number;
  readonly detectDrift: "onRefresh" | "always";
  readonly adopt: boolean;
  readonly onDelete: "retain" | "generateSelfSigned";
}

/** A problem of one input. `property` is empty where the engine must not print the value. @internal */
export interface InputFailure {
  readonly property: string;
  readonly reason: string;
}

/** Inputs as far as they are known and right. @internal */
export interface DecodedInputs {
  /** A member is undefined where its value is unknown, absent or wrong. */
  readonly inputs: { readonly [K in keyof KmsClientCertificateInputs]: KmsClientCertificateInputs[K] | undefined };
  readonly failures: readonly InputFailure[];
}

/** Default of `timeoutSeconds`. @internal */
export const DEFAULT_TIMEOUT_SECONDS = 300;
/** Default of `expiryWarningDays`. @internal */
export const DEFAULT_EXPIRY_WARNING_DAYS = 30;
/** Node's longest timer, in seconds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;
/** Ids longer than this are no ids. */
const MAX_ID_LENGTH = 512;

/**
 * Tells whether a value is, or holds at any depth, one that is not known yet.
 *
 * @param value - an input
 * @returns true where it must not be validated
 * @internal
 */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(isUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/**
 * Decodes the inputs of a resource.
 *
 * @param wire - as the engine hands them in
 * @returns the inputs with defaults, and every failure
 * @internal
 */
export function decodeInputs(wire: Readonly<Record<string, unknown>>): DecodedInputs {
  const failures: InputFailure[] = [];
  const field = <T>(name: string, decode: (value: unknown) => T, fallback?: T, mayBeLong = false): T | undefined => {
    const value = wire[name];
    if (isUnknown(value)) return undefined;
    if (value === undefined || value === null) {
      if (fallback === undefined && !OPTIONAL.has(name)) failures.push({ property: "", reason: `${name} is missing` });
      return fallback;
    }
    try {
      return decode(value);
    } catch (error) {
      const problem = error instanceof Error ? error.message : "is wrong";
      failures.push({ property: mayBeLong ? "" : name, reason: `${name} ${problem}` });
      return undefined;
    }
  };
  const inputs = {
    cluster: field("cluster", decodeId, undefined, true),
    keyProvider: field("keyProvider", decodeId, undefined, true),
    certificate: field("certificate", decodeText, undefined, true),
    privateKey: field("privateKey", decodeText, undefined, true),
    privateKeyFile: field("privateKeyFile", decodeText, undefined, true),
    timeoutSeconds: field("timeoutSeconds", decodeTimeout, DEFAULT_TIMEOUT_SECONDS),
    expiryWarningDays: field("expiryWarningDays", decodeDays, DEFAULT_EXPIRY_WARNING_DAYS),
    detectDrift: field("detectDrift", (v) => decodeChoice(v, ["onRefresh", "always"] as const), "onRefresh" as const),
    adopt: field("adopt", decodeBoolean, false),
    onDelete: field("onDelete", (v) => decodeChoice(v, ["retain", "generateSelfSigned"] as const), "retain" as const),
  };
  if (isPresent(wire["privateKey"]) && isPresent(wire["privateKeyFile"])) {
    failures.push({ property: "", reason: "privateKey and privateKeyFile are both given; keep one of them" });
  }
  return { inputs, failures };
}

const OPTIONAL: ReadonlySet<string> = new Set(["privateKey", "privateKeyFile"]);

/**
 * Decodes inputs that `check` has passed.
 *
 * @param wire - as the engine hands them in
 * @returns the inputs with defaults
 * @throws CodedError `ERR_INPUT_INVALID` naming every failure; an unknown value is one here
 * @internal
 */
export function requireInputs(wire: Readonly<Record<string, unknown>>): KmsClientCertificateInputs {
  const { inputs, failures } = decodeInputs(wire);
  const { cluster, keyProvider, certificate } = inputs;
  if (failures.length > 0 || cluster === undefined || keyProvider === undefined || certificate === undefined) {
    const reasons = failures.map(({ reason }) => reason).join("; ");
    throw new CodedError(
      "ERR_INPUT_INVALID",
      `the inputs are not valid: ${reasons === "" ? "a value is unknown" : reasons}`,
    );
  }
  return {
    cluster,
    keyProvider,
    certificate,
    privateKey: inputs.privateKey,
    privateKeyFile: inputs.privateKeyFile,
    timeoutSeconds: inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    expiryWarningDays: inputs.expiryWarningDays ?? DEFAULT_EXPIRY_WARNING_DAYS,
    detectDrift: inputs.detectDrift ?? "onRefresh",
    adopt: inputs.adopt ?? false,
    onDelete: inputs.onDelete ?? "retain",
  };
}

/**
 * The URN that the constructor passes along, for display only.
 *
 * @param wire - inputs
 * @returns the URN; undefined where it is missing, unknown or no URN
 * @internal
 */
export function urnOf(wire: Readonly<Record<string, unknown>>): string | undefined {
  const urn = wire["__urn"];
  return typeof urn === "string" && urn.startsWith("urn:pulumi:") ? urn : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function decodeText(value: unknown): string {
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
  if (typeof value !== "number" || !(value > 0) || value > MAX_TIMEOUT_SECONDS) {
    throw new TypeError(`must be a number of seconds above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  return value;
}

function decodeDays(value: unknown): number {
  if (typeof value !== "number" || !(value >= 0) || !Number.isFinite(value)) {
    throw new TypeError("must be a number of days, 0 or more");
  }
  return value;
}

function decodeBoolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError(`must be true or false; received ${typeof value}`);
  return value;
}

function decodeChoice<T extends string>(value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new TypeError(`must be ${choices.map((choice) => `"${choice}"`).join(" or ")}`);
  return found;
}
