// SPDX-License-Identifier: Apache-2.0
// What makes a class of this package a dynamic resource: type token, the constant line that the engine's host runs, and
// the hidden URN. It does not extend pulumi.dynamic.Resource, because that serializes a provider object by value: the
// text would hold our code, depend on how the package was installed, break private members and Error subclasses, and
// be twice in every resource's state. To the engine a dynamic resource is a CustomResource with an input `__provider`.

import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { handlerText, LIFECYCLE, typeToken } from "./registered-types";
import type { RegisteredType } from "./registered-types";

/**
 * Base of the package's resources. Registers a `pulumi-nodejs:dynamic/trustauthority:<Type>`.
 *
 * @public
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  /**
   * @param type - its token and its handler
   * @param name - the resource's name
   * @param props - inputs, and each declared output as `undefined`
   * @param opts - resource options; `customTimeouts` is refused, since it never reaches a dynamic provider
   * @throws Error if `customTimeouts` is set, or if the provider process would not find this package
   */
  constructor(type: RegisteredType, name: string, props: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    if (opts.customTimeouts !== undefined) {
      throw new pulumi.RunError(`${type.name} "${name}": customTimeouts has no effect on it; use timeoutSeconds`);
    }
    assertLifecycleResolves(type.name, name);
    const token = typeToken(type.name);
    const { stackTraceLimit } = Error;
    try {
      // The SDK formats five stack traces for each property, for reports of leaked promises: half of what a no-op up of
      // 1000 resources costs in the program (measured). It takes its source positions with a limit of its own.
      Error.stackTraceLimit = 0;
      super(token, name, { ...props, __provider: handlerText(type), __urn: urnOf(name, token, opts.parent) }, opts);
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/** Whether a value is a resource of a type, of this or another copy of the package. @internal */
export function isOfType(value: unknown, { name }: RegisteredType): boolean {
  if (!pulumi.CustomResource.isInstance(value)) return false;
  return (value as unknown as { readonly __pulumiType?: string }).__pulumiType === typeToken(name);
}

/**
 * The URN that the engine will give: a text if there is no parent, since Outputs cost (1 ms of CPU each resource,
 * measured at 300). Else a promise and not an Output: the Output depends on the parent, and two siblings in one component
 * would wait for each other (tried on the real engine).
 */
function urnOf(name: string, token: string, parent: pulumi.Resource | undefined): string | Promise<string> {
  if (parent === undefined) return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${token}::${name}`;
  return (pulumi.createUrn(name, token, parent) as unknown as { promise(): Promise<string> }).promise();
}

let lifecycleResolves = false;

/** The provider process looks the package up from the program's directory, not from ours. */
function assertLifecycleResolves(type: string, name: string): void {
  if (lifecycleResolves || pulumi.runtime.getMonitor() instanceof MockMonitor) return;
  try {
    createRequire(join(process.cwd(), "program.js")).resolve(LIFECYCLE);
    lifecycleResolves = true;
  } catch {
    throw new pulumi.RunError(
      `${type} "${name}": "${LIFECYCLE}" is not found from ${process.cwd()}, where Pulumi's provider process looks for it. ` +
        `Make pulumi-vsphere-trust-authority a direct dependency of the program (npm install pulumi-vsphere-trust-authority), ` +
        `not a devDependency: the runtime option "production: true" leaves those out. ` +
        `If it is one, the working directory is the cause: start the program, or the Automation API, from the directory of its package.json`,
    );
  }
}
