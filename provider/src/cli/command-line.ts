// SPDX-License-Identifier: Apache-2.0
// From arguments to a command and its flags. Node's parseArgs finds the parts; what is wrong with them is said here, in one
// line each.

import { parseArgs } from "node:util";

/** The program's name. @internal */
export const PROGRAM = "pulumi-vsphere-trust-authority";

/** A mistake in the command line: one line, and exit status 2. @internal */
export class UsageError extends Error {}

/** @internal */
export const COMMAND_NAMES = ["doctor", "list", "import-file"] as const;
/** @internal */
export type CommandName = (typeof COMMAND_NAMES)[number];

/** What every command takes: settings with the names of their environment variables, and which part of the vCenter. */
const COMMON_FLAGS = {
  server: "string",
  user: "string",
  "password-file": "string",
  "password-env": "string",
  "ca-certificate": "string",
  "ca-certificate-file": "string",
  "server-fingerprint": "string",
  "allow-unverified-tls": "boolean",
  cluster: "string",
  "key-provider": "string",
  help: "boolean",
} as const;
/** Flags that only some commands take. */
const OWN_FLAGS = { json: "boolean", type: "string" } as const;

type FlagTypes = typeof COMMON_FLAGS & typeof OWN_FLAGS;
type FlagName = keyof FlagTypes;

const OWN_FLAGS_OF: Readonly<Record<CommandName, readonly (keyof typeof OWN_FLAGS)[]>> = {
  doctor: ["json"],
  list: ["json"],
  "import-file": ["type"],
};

/** The flags that were given; a flag without a value is `true`. @internal */
export type Flags = { readonly [F in FlagName]?: FlagTypes[F] extends "string" ? string : true };

/** @internal */
export type CommandLine =
  | { readonly kind: "run"; readonly command: CommandName; readonly flags: Flags }
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" };

/** @throws UsageError @internal */
export function readCommandLine(args: readonly string[]): CommandLine {
  const [name = "--help", ...rest] = args;
  if (name === "--help" || name === "-h" || name === "help") return { kind: "help", command: commandNamed(rest[0]) };
  if (name === "--version") return { kind: "version" };
  const command = commandNamed(name);
  if (command === undefined) {
    const what = name.startsWith("-")
      ? `the command comes first, not ${shown(name)}`
      : `unknown command ${shown(name)}`;
    throw new UsageError(`${PROGRAM}: ${what}; the commands are ${COMMAND_NAMES.join(", ")}`);
  }
  const flags = flagsOf(command, rest);
  return flags.help === undefined ? { kind: "run", command, flags } : { kind: "help", command };
}

function flagsOf(command: CommandName, args: readonly string[]): Flags {
  const known = new Map<string, "string" | "boolean">([
    ...Object.entries(COMMON_FLAGS),
    ...OWN_FLAGS_OF[command].map((flag) => [flag, OWN_FLAGS[flag]] as const),
  ]);
  const wrong = (what: string): UsageError => new UsageError(`${what}; see \`npx ${PROGRAM} ${command} --help\``);
  const options = Object.fromEntries([...known].map(([flag, type]) => [flag, { type }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") throw wrong(`unexpected argument ${shown(token.value)}`);
    if (token.kind === "option-terminator") continue;
    if (token.name === "h") return { help: true };
    // Its value is not repeated.
    if (token.name === "password") {
      throw wrong(
        "a password cannot be given as a flag: set VSPHERE_TRUST_AUTHORITY_PASSWORD, or use --password-file or --password-env",
      );
    }
    const type = known.get(token.name);
    if (type === undefined) throw wrong(`unknown flag ${shown(token.rawName)}`);
    if (flags.has(token.name)) throw wrong(`--${token.name} is given twice`);
    if (type === "boolean" && token.value !== undefined) throw wrong(`--${token.name} takes no value`);
    if (type === "string" && isNoValue(token.value)) throw wrong(`--${token.name} needs a value`);
    flags.set(token.name, token.value ?? true);
  }
  return Object.fromEntries(flags);
}

/** Another flag is not a value. The text of a certificate is, although it also begins with dashes. */
function isNoValue(text: string | undefined): boolean {
  return text === undefined || text === "" || /^--(?!---BEGIN )/.test(text);
}

function commandNamed(name: string | undefined): CommandName | undefined {
  return COMMAND_NAMES.find((command) => command === name);
}

/** A value may have been pasted where it does not belong: only its beginning is shown. */
function shown(text: string): string {
  return JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text);
}
