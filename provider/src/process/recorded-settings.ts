// SPDX-License-Identifier: Apache-2.0
// A refresh does not run the program: the engine gives it stack config, and the arguments of an explicit provider, as the
// last `up` recorded them. A setting that was changed since is not seen, so the remedy "set it" alone would not help.

import { CodedError } from "../core/coded-error";
import type { ErrorCode } from "../core/coded-error";
import { ENVIRONMENT_PREFIX, isExplicit, set } from "./setting-values";
import type { ConfigReader } from "./setting-values";

/** What another setting may fix. */
const OF_SETTINGS: ReadonlySet<ErrorCode> = new Set([
  "ERR_CONFIG_MISSING",
  "ERR_CONFIG_INVALID",
  "ERR_TLS",
  "ERR_AUTHENTICATION",
]);

const RUN = "run `pulumi up`, or `pulumi refresh --run-program`";

/** The error of a refresh, with a remedy that also works if the settings were changed since the last `up`. @internal */
export function withRecordedSettings(error: unknown, config: ConfigReader, environment: NodeJS.ProcessEnv): unknown {
  if (!(error instanceof CodedError) || !OF_SETTINGS.has(error.code)) return error;
  const explicit = isExplicit(config);
  if (error.code === "ERR_AUTHENTICATION") {
    if (explicit && set(config("password")) !== undefined) {
      return error.extended({
        suffix: "; the password that the state has recorded for the TrustAuthorityProvider was used",
        remedy: `if it was changed since, ${RUN}; with passwordEnv or passwordFile in place of password, each run reads it anew`,
      });
    }
    if (!explicit && isOfEnvironment(environment)) return error;
  }
  const recorded = explicit ? "the arguments of the TrustAuthorityProvider" : "stack config";
  const hint = `a refresh reads ${recorded} as the last \`pulumi up\` recorded ${explicit ? "them" : "it"}: after a change ${RUN}`;
  return error.extended({
    remedy: error.remedy === undefined ? hint : `${error.remedy}. ${hint.charAt(0).toUpperCase()}${hint.slice(1)}`,
  });
}

/** Whether user and password come from the environment, which each run reads anew. */
function isOfEnvironment(environment: NodeJS.ProcessEnv): boolean {
  const has = (suffix: string): boolean => set(environment[ENVIRONMENT_PREFIX + suffix]) !== undefined;
  return has("USER") && (has("PASSWORD") || has("PASSWORD_FILE"));
}
