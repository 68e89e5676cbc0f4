// SPDX-License-Identifier: Apache-2.0
// Settings of a command: the environment, and flags of the same names, which win. Stack config is not read.

import { ReadingSession } from "../process/reading-session";
import { ENVIRONMENT_PREFIX, variableNamed } from "../process/setting-values";
import { PROGRAM, UsageError } from "./command-line";
import type { CommandName, Flags } from "./command-line";
import { SettingNames } from "./setting-names";

const TEXT_FLAGS = [
  "server",
  "user",
  "password-file",
  "ca-certificate",
  "ca-certificate-file",
  "server-fingerprint",
] as const;
/** In each group one setting counts: a flag hides what the environment says of the whole group. */
const GROUPS: readonly (readonly string[])[] = [
  ["PASSWORD", "PASSWORD_FILE"],
  ["CA_CERTIFICATE", "CA_CERTIFICATE_FILE", "SERVER_FINGERPRINT", "ALLOW_UNVERIFIED_TLS"],
];

/** @internal */
export interface CommandSettings {
  /** As if the flags were set there. */
  readonly environment: NodeJS.ProcessEnv;
  readonly names: SettingNames;
}

/** One setting from a flag. */
interface Given {
  readonly value: string;
  /** What messages call it. */
  readonly name: string;
}

/** @throws UsageError if the variable of `--password-env` is not set @internal */
export function settingsOf(flags: Flags, environment: NodeJS.ProcessEnv): CommandSettings {
  const given = givenBy(flags, environment);
  const result = { ...environment };
  for (const group of GROUPS) {
    if (!group.some((name) => given.has(name))) continue;
    for (const name of group) Reflect.deleteProperty(result, ENVIRONMENT_PREFIX + name);
  }
  for (const [variable, { value }] of given) result[ENVIRONMENT_PREFIX + variable] = value;
  const names = new Map([...given].map(([variable, { name }]) => [variable, name]));
  return { environment: result, names: new SettingNames(names) };
}

/** By the environment variable, without its prefix. */
function givenBy(flags: Flags, environment: NodeJS.ProcessEnv): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>();
  for (const flag of TEXT_FLAGS) {
    const value = flags[flag];
    if (value !== undefined) given.set(flag.toUpperCase().replaceAll("-", "_"), { value, name: `--${flag}` });
  }
  if (flags["allow-unverified-tls"] === true) {
    given.set("ALLOW_UNVERIFIED_TLS", { value: "true", name: "--allow-unverified-tls" });
  }
  const variable = flags["password-env"];
  if (variable !== undefined) {
    const password = variableNamed(variable, environment);
    if (password === undefined || password === "") {
      throw new UsageError("the environment variable that --password-env names is not set");
    }
    given.set("PASSWORD", { value: password, name: "the variable that --password-env names" });
  }
  return given;
}

/** The session of a command; `err` is told of what takes long. @internal */
export function openSession(
  command: CommandName,
  { environment, names }: CommandSettings,
  err: (text: string) => void,
): ReadingSession {
  return new ReadingSession({
    config: () => undefined,
    environment,
    command: `npx ${PROGRAM} ${command}`,
    explain: (error) => names.explain(error),
    onSlow: (text) => {
      err(`${text}\n`);
    },
  });
}
