// SPDX-License-Identifier: Apache-2.0
// What the constant line in every state requires: `provider`. This specifier and this name are a compatibility contract;
// state written by any released version must keep working.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { engineAddress, makeDisplay } from "../process/display";
import { makeProvider } from "./provider";
import { surviveUnheardOutput } from "../process/unheard-output";

surviveUnheardOutput();

/**
 * The dynamic provider of this package, as the engine's host calls it.
 *
 * @public
 */
export const provider: ResourceProvider = makeProvider({ display: makeDisplay(engineAddress(process.argv)) });
