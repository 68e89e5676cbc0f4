// SPDX-License-Identifier: Apache-2.0

// The environment in which the CLI runs apart from the user's: own home, own Pulumi home, own state, nobody's login, and
// none of the variables that would change what a provider or a proxy does.

import { delimiter } from "node:path";
import type { PulumiCli } from "../../pulumi-cli/index";

/** The directories of one isolated stack; all exist. */
export interface StackDirectories {
  readonly home: string;
  readonly pulumiHome: string;
  readonly state: string;
  /** What a killed run leaves in TMPDIR goes away with the stack. */
  readonly temporary: string;
}

/** Guards nothing: each stack lives in a directory that is removed after the test. */
export const PASSPHRASE = "isolated-stack";

/**
 * Returns the whole environment for the CLI. Of ours only PATH, LANG and TERM are kept.
 *
 * @param more - added last, and so wins; an undefined value removes a variable.
 */
export function isolatedEnvironment(
  cli: PulumiCli,
  directories: StackDirectories,
  more: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { PATH = "", LANG, TERM } = process.env;
  const all: NodeJS.ProcessEnv = {
    PATH: [...cli.directories, PATH].join(delimiter),
    TMPDIR: directories.temporary,
    LANG,
    TERM,
    HOME: directories.home,
    PULUMI_HOME: directories.pulumiHome,
    PULUMI_BACKEND_URL: `file://${directories.state}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
    // Shows the option --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    ...more,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
