// SPDX-License-Identifier: Apache-2.0
// From arguments to a command and its flags. Node's parseArgs finds the parts; what is wrong with them is said here, in one
// line each.

import { parseArgs } from "node:util";
import { UsageError } from "./surroundings";

/** The program's name. @internal */
export const PROGRAM = "pulumi-vsphere-trust-authority";

/** @internal */
export const COMMAND_NAMES = ["doctor", "list", "import-file"] as const;
/** @internal */
export type CommandName = (typeof COMMAND_NAMES)[number];

/** The flags that were given; a flag without a value is `true`. @internal */
export type Flags = Readonly<Partial<Record<string, string | true>>>;

/** @internal */
export type CommandLine =
  | { readonly kind: "run"; readonly command: CommandName; readonly flags: Flags }
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" };

/** What every command takes: settings with the names of their environment variables, and which part of the vCenter. */
const COMMON_FLAGS = {
  server: "string",
  user: "string",
  "password-file": "string",
  "password-env": "string",
  "ca-certificate-file": "string",
  "server-fingerprint": "string",
  "allow-unverified-tls": "boolean",
  cluster: "string",
  "key-provider": "string",
  help: "boolean",
} as const;
const FLAGS: Readonly<Record<CommandName, Readonly<Record<string, "string" | "boolean">>>> = {
  doctor: { ...COMMON_FLAGS, json: "boolean" },
  list: { ...COMMON_FLAGS, json: "boolean" },
  "import-file": { ...COMMON_FLAGS, type: "string" },
};

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
    throw new UsageError(`${PROGRAM}: ${what}; there are ${COMMAND_NAMES.join(", ")}`);
  }
  const flags = flagsOf(command, rest);
  return flags["help"] === undefined ? { kind: "run", command, flags } : { kind: "help", command };
}

function flagsOf(command: CommandName, args: readonly string[]): Flags {
  const known = FLAGS[command];
  const wrong = (what: string): UsageError => new UsageError(`${what}; see \`${PROGRAM} ${command} --help\``);
  const options = Object.fromEntries(Object.entries(known).map(([flag, type]) => [flag, { type }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const flags: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === "positional") throw wrong(`unexpected argument ${shown(token.value)}`);
    if (token.kind === "option-terminator") continue;
    if (token.name === "h") return { help: true };
    // Its value is not repeated.
    if (token.name === "password") {
      throw wrong(
        "a password is no flag: set VSPHERE_TRUST_AUTHORITY_PASSWORD, or use --password-file or --password-env",
      );
    }
    const type = known[token.name];
    if (type === undefined) throw wrong(`unknown flag ${shown(token.rawName)}`);
    if (flags[token.name] !== undefined) throw wrong(`--${token.name} is given twice`);
    if (type === "boolean" && token.value !== undefined) throw wrong(`--${token.name} takes no value`);
    if (type === "string" && (token.value === undefined || token.value === "" || token.value.startsWith("--"))) {
      throw wrong(`--${token.name} needs a value`);
    }
    flags[token.name] = token.value ?? true;
  }
  return flags;
}

function commandNamed(name: string | undefined): CommandName | undefined {
  return COMMAND_NAMES.find((command) => command === name);
}

/** A value may have been pasted where it does not belong: only its beginning is shown. */
function shown(text: string): string {
  return JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text);
}
