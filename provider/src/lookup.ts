// SPDX-License-Identifier: Apache-2.0
// What the functions of the package have in common as a program calls them: provider or stack config, mocks, unknown values,
// and loading the rest only now. A dynamic provider has no functions of its own, so they run in the program's process.

import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type * as Lookups from "./lookups/index";
import { connectionValues, explicitProviderOf } from "./program-settings";
import type { ConnectionValue } from "./program-settings";
import { resourceIds } from "./resource-ids";

/** One function. @internal */
export interface Lookup<A extends object, R> {
  /** As programs call it, e.g. `getKmsKeyProviders`; also the end of its token under mocks. */
  readonly name: string;
  /** Its arguments: each is a text that must be given. */
  readonly argNames: readonly (keyof A & string)[];
  /** Under mocks a list is an object's one value of this name. */
  readonly listName?: string;
  readonly find: (lookups: typeof Lookups, settings: Lookups.ProgramSettings, args: A) => Promise<R>;
}

/** The Promise form. @internal */
export async function lookUp<A extends object, R>(
  lookup: Lookup<A, R>,
  args: A | undefined,
  opts: pulumi.InvokeOptions = {},
): Promise<R> {
  const provider = explicitProviderOf(opts);
  if (isMocked()) {
    return ofMock(lookup, await pulumi.runtime.invoke(tokenOf(lookup.name), { ...args }, withProvider(opts, provider)));
  }
  const { name } = lookup;
  const [given, values] = await Promise.all([
    known(pulumi.output({ ...args }), `an argument of ${name}`, name),
    known(connectionValues(provider), "a setting of the TrustAuthorityProvider", name),
  ]);
  return find(lookup, given, values);
}

/** The form that takes Inputs and returns an Output, which is unknown while they are. @internal */
export function lookUpOutput<A extends object, R>(
  lookup: Lookup<A, R>,
  args: pulumi.Inputs | undefined,
  opts: pulumi.InvokeOutputOptions = {},
): pulumi.Output<R> {
  const provider = explicitProviderOf(opts);
  if (isMocked()) {
    const answer = pulumi.runtime.invokeOutput<unknown>(
      tokenOf(lookup.name),
      { ...args },
      withProvider(opts, provider),
    );
    return answer.apply<R>((result) => ofMock(lookup, result));
  }
  const given = pulumi.output({ ...args });
  // A certificate is no secret because the password to read it is one.
  const values = pulumi.unsecret(connectionValues(provider));
  const ready = resourceIds(given, opts.dependsOn);
  return pulumi.all([given, values, ready]).apply<R>(([all, settings]) => find(lookup, all, settings));
}

function isMocked(): boolean {
  return pulumi.runtime.getMonitor() instanceof MockMonitor;
}

/** What a mock's `call` gets as its token. */
function tokenOf(name: string): string {
  return `trustauthority:index:${name}`;
}

function withProvider<O extends pulumi.InvokeOptions>(opts: O, provider: pulumi.ProviderResource | undefined): O {
  return provider === undefined ? opts : { ...opts, provider };
}

/** A list may be mocked as a list, which the SDK turns into an object with the keys 0, 1, …, or as one named value. */
function ofMock<A extends object, R>({ name, listName }: Lookup<A, R>, answer: unknown): R {
  if (listName === undefined) return answer as R;
  const result = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const named = result[listName];
  if (Array.isArray(named)) return named as R;
  const entries = Object.entries(result);
  if (entries.every(([key], index) => key === String(index))) return entries.map(([, value]) => value) as R;
  throw new pulumi.RunError(`the mock of ${name} must return a list, or { ${listName}: [ … ] }`);
}

async function find<A extends object, R>(
  lookup: Lookup<A, R>,
  given: pulumi.Unwrap<pulumi.Inputs>,
  values: readonly ConnectionValue[],
): Promise<R> {
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    const args = requireTexts(lookup, given);
    const settings: Lookups.ProgramSettings = {
      values: new Map(values.map(({ key, value }) => [key, value])),
      command: pulumi.runtime.isDryRun() ? "pulumi preview" : "pulumi up",
      warn,
    };
    return await lookup.find(loadLookups(), settings, args);
  } catch (error) {
    throw runError(error);
  } finally {
    done();
  }
}

/** By `require`: the hook of Yarn PnP serves no native `import()`. A program that calls no function loads none of this. */
function loadLookups(): typeof Lookups {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./lookups/index") as typeof Lookups;
}

function warn(text: string): void {
  void pulumi.log.warn(text);
}

function requireTexts<A extends object, R>({ name, argNames }: Lookup<A, R>, given: pulumi.Inputs): A {
  for (const argName of argNames) {
    const value: unknown = given[argName];
    if (typeof value === "string" && value !== "") continue;
    const what = value === undefined || value === null || value === "" ? "is missing" : "is not a text";
    throw Object.assign(new Error(`${name}: ${argName} ${what} [ERR_INPUT_INVALID]`), { code: "ERR_INPUT_INVALID" });
  }
  return given as A;
}

/** Pulumi prints only the message of a RunError. If nobody awaits it, Pulumi prints its stack, unless that is empty. */
function runError(error: unknown): Error {
  const { message, code } = error as Error & { readonly code?: string };
  return Object.assign(new pulumi.RunError(message), { stack: "" }, code === undefined ? {} : { code });
}

/** The value of an Output that must be known now. */
async function known<T>(output: pulumi.Output<T>, what: string, functionName: string): Promise<T> {
  const inner = output as unknown as { readonly isKnown: Promise<boolean>; promise(): Promise<T> };
  if (await inner.isKnown) return inner.promise();
  throw new pulumi.RunError(`${what} is not known yet in this preview: use ${functionName}Output, which waits for it`);
}
