// SPDX-License-Identifier: Apache-2.0

// The exported state of a stack, as far as tests look at it.

/** One resource in state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Absent for the stack itself. */
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** The reasons why the resource isn't finished. */
  readonly initErrors?: readonly string[];
  /** True for the old half of a replacement that wasn't deleted yet. */
  readonly delete?: boolean;
}

/** What `pulumi stack export` prints. */
export interface ExportedState {
  /** The text itself, which `importState` takes. */
  readonly text: string;
  readonly resources: readonly StateResource[];
  /** What a killed run has left open. */
  readonly pendingOperations: readonly { readonly type: string; readonly resource: StateResource }[];
  /** The only resource of that name; throws when there is none or more than one. */
  readonly resource: (name: string) => StateResource;
}

interface Deployment {
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: ExportedState["pendingOperations"];
  };
}

/**
 * Reads an export.
 *
 * @throws SyntaxError, when it is no JSON.
 */
export function parseState(text: string): ExportedState {
  const { deployment } = JSON.parse(text) as Deployment;
  const resources = deployment.resources ?? [];
  return {
    text,
    resources,
    pendingOperations: deployment.pending_operations ?? [],
    resource: (name) => {
      const [found, ...others] = resources.filter((one) => one.urn.endsWith(`::${name}`));
      if (found === undefined || others.length > 0) {
        throw new Error(`${others.length + (found ? 1 : 0)} resources are called ${name}`);
      }
      return found;
    },
  };
}
