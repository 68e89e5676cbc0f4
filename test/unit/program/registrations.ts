// SPDX-License-Identifier: Apache-2.0
// What a program's constructors send to the engine, recorded under Pulumi's own mocks: the raw requests, in which secrets
// are still marked. What is expected of them stands in the tests.

import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** How a secret is marked on the wire. Source: @pulumi/pulumi, runtime/rpc. */
const MARK = "4dabf18193072939515e22adb298388d";

/** A secret on the wire. */
export interface Secret {
  readonly secret: unknown;
}

/** One resource as the engine would see it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** Secrets as {@link Secret}. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** `<urn>::<id>` of an explicit provider; empty for the default one. */
  readonly provider: string;
  readonly parent: string;
  readonly additionalSecretOutputs: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** By input: the URNs of the resources that it comes from. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** Of an existing resource that is only read. */
  readonly id?: string;
}

/**
 * Starts to record; what was recorded before is forgotten. Every resource gets the id `<name>-id` and, as outputs, its
 * inputs and `outputs`.
 *
 * @param outputs - added to every resource's outputs
 * @returns the resources so far; grows
 */
export async function record(outputs: Readonly<Record<string, unknown>> = {}): Promise<readonly Registration[]> {
  const seen: Registration[] = [];
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ name, id, inputs }) => ({
      id: id === undefined || id === "" ? `${name}-id` : id,
      state: { ...(inputs as Record<string, unknown>), ...outputs },
    }),
  });
  const monitor: unknown = pulumi.runtime.getMonitor();
  if (!(monitor instanceof MockMonitor)) throw new Error("the mocks are not at work");
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: RegisterResourceRequest, callback) => {
    seen.push({
      ...common(request),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      dependencies: Object.fromEntries(
        request
          .getPropertydependenciesMap()
          .toArray()
          .map(([name]) => [name, request.getPropertydependenciesMap().get(name)?.getUrnsList() ?? []]),
      ),
    });
    return register(request, callback);
  };
  const read = monitor.readResource.bind(monitor);
  monitor.readResource = (request: ReadResourceRequest, callback) => {
    seen.push({ ...common(request), deleteBeforeReplace: false, dependencies: {}, id: request.getId() });
    return read(request, callback);
  };
  return seen;
}

function common(request: {
  getType(): string;
  getName(): string;
  getProvider(): string;
  getParent(): string;
  getAdditionalsecretoutputsList(): string[];
  getObject?: RegisterResourceRequest["getObject"];
  getProperties?: ReadResourceRequest["getProperties"];
}): Omit<Registration, "deleteBeforeReplace" | "dependencies"> {
  const wire = request.getObject?.() ?? request.getProperties?.();
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: unmark(wire?.toJavaScript() ?? {}) as Record<string, unknown>,
    provider: request.getProvider(),
    parent: request.getParent(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

function unmark(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (MARK in value) return { secret: (value as { readonly value?: unknown }).value };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unmark(inner)]));
}

/** The resource that was registered under a name. */
export function named(seen: readonly Registration[], name: string): Registration {
  const found = seen.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not among ${seen.map((one) => one.name).join(", ")}`);
  return found;
}

/** Waits for an output's value. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<unknown> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });
}
