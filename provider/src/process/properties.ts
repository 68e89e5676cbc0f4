// SPDX-License-Identifier: Apache-2.0

/** A resource's inputs or outputs as plain JSON, as the engine hands them in and saves them. @internal */
export type Properties = Readonly<Record<string, unknown>>;
