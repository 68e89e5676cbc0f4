// SPDX-License-Identifier: Apache-2.0
// Settings of a command: the environment, and flags of the same names, which win. Stack config is not read.

import { isCodedError } from "../core/coded-error";
import type { CodedError } from "../core/coded-error";
import { ReadingSession } from "../process/reading-session";
import { ENVIRONMENT_PREFIX } from "../process/setting-values";
import { PROGRAM } from "./command-line";
import type { CommandName, Flags } from "./command-line";
import { UsageError } from "./surroundings";

const TEXT_FLAGS = ["server", "user", "password-file", "ca-certificate-file", "server-fingerprint"] as const;
/** Of each group one setting counts: a flag puts out what the environment says of the others. */
const GROUPS: readonly (readonly string[])[] = [
  ["PASSWORD", "PASSWORD_FILE"],
  ["CA_CERTIFICATE", "CA_CERTIFICATE_FILE", "SERVER_FINGERPRINT", "ALLOW_UNVERIFIED_TLS"],
];

/** The environment as if the flags were set there. @throws UsageError if the variable of `--password-env` is not set @internal */
export function settingsEnvironment(flags: Flags, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = new Map<string, string>();
  for (const flag of TEXT_FLAGS) {
    const value = flags[flag];
    if (typeof value === "string") given.set(flag.toUpperCase().replaceAll("-", "_"), value);
  }
  if (flags["allow-unverified-tls"] === true) given.set("ALLOW_UNVERIFIED_TLS", "true");
  const variable = flags["password-env"];
  if (typeof variable === "string") {
    const password = environment[variable];
    if (password === undefined || password === "") {
      throw new UsageError("the environment variable that --password-env names is not set");
    }
    given.set("PASSWORD", password);
  }
  const result = { ...environment };
  for (const group of GROUPS) {
    if (!group.some((name) => given.has(name))) continue;
    for (const name of group) Reflect.deleteProperty(result, ENVIRONMENT_PREFIX + name);
  }
  for (const [name, value] of given) result[ENVIRONMENT_PREFIX + name] = value;
  return result;
}

/** The session of a command. @internal */
export function openSession(command: CommandName, environment: NodeJS.ProcessEnv): ReadingSession {
  return new ReadingSession({
    config: () => undefined,
    environment,
    command: `${PROGRAM} ${command}`,
    explain: forFlags,
  });
}

const MISSING: ReadonlyMap<string, string> = new Map([
  ["server", "set VSPHERE_TRUST_AUTHORITY_SERVER, or give --server"],
  ["user", "set VSPHERE_TRUST_AUTHORITY_USER, or give --user"],
  ["password", "set VSPHERE_TRUST_AUTHORITY_PASSWORD, or give --password-file or --password-env"],
]);

/** Remedies of settings name flags, since stack config is not read here. @internal */
export function forFlags(error: unknown): unknown {
  if (!isCodedError(error, "ERR_CONFIG_MISSING")) return error;
  const remedy = MISSING.get(error.details.key ?? "");
  return remedy === undefined ? error : (error.extended({ remedy }) satisfies CodedError);
}
