// SPDX-License-Identifier: Apache-2.0
// The connection of a function: that of an explicit provider, given or inherited from a parent, or stack config.

import * as pulumi from "@pulumi/pulumi";
import { DYNAMIC_PACKAGE } from "./registered-types";

/** Of the config keys. @internal */
export const NAMESPACE = "vsphere-trust-authority";
const PREFIX = `${NAMESPACE}:`;

/** On a provider: what it was made from. By name, since a program may hold two copies of this package. */
const INPUTS = Symbol.for("pulumi-vsphere-trust-authority/inputs");

/** Keeps what a provider was made from, since its outputs are unknown in the preview that creates it. @internal */
export function rememberInputs(provider: pulumi.ProviderResource, inputs: pulumi.Inputs): void {
  Object.defineProperty(provider, INPUTS, { value: inputs });
}

/** The provider of a function's options; undefined: stack config and the environment. @internal */
export function explicitProviderOf(opts: pulumi.InvokeOptions): pulumi.ProviderResource | undefined {
  // The SDK looks a provider up by the package of a token, and ours are all those of dynamic resources.
  const provider = opts.provider ?? opts.parent?.getProvider(`${DYNAMIC_PACKAGE}:dynamic:any`);
  if (provider === undefined || Object.keys(provider).some((key) => key.startsWith(PREFIX))) return provider;
  if (opts.provider === undefined) return undefined;
  throw new pulumi.RunError("the provider of this function is not a TrustAuthorityProvider");
}

/** One setting by its config key, without the namespace. @internal */
export interface ConnectionValue {
  readonly key: string;
  readonly value: string;
}

/** The settings that are there. @internal */
export function connectionValues(provider: pulumi.ProviderResource | undefined): pulumi.Output<ConnectionValue[]> {
  const all: object = provider ?? pulumi.runtime.allConfig();
  const inputs = (all as { readonly [INPUTS]?: pulumi.Inputs })[INPUTS] ?? all;
  const ours = Object.entries(inputs as Readonly<Record<string, pulumi.Input<string | undefined>>>)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => ({ key: key.slice(PREFIX.length), value }));
  // A list, since an Output takes a Map apart.
  return pulumi
    .output(ours)
    .apply((values) => values.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }])));
}
