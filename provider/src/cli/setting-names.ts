// SPDX-License-Identifier: Apache-2.0
// Errors of settings name config keys and environment variables. On the command line they name what was used: the flag if it
// came from one, else the environment variable. Stack config is not read here.

import { isCodedError } from "../core/coded-error";
import { CONFIG_KEYS, ENVIRONMENT_PREFIX } from "../process/setting-values";

/** Words of errors that are names of settings; `server`, `user` and `password` are ordinary words, too. */
const KEYS = CONFIG_KEYS.filter((key) => /[A-Z]/.test(key));
const NAMES = new RegExp(`\\b(?:${ENVIRONMENT_PREFIX}([A-Z_]+)|${KEYS.join("|")})\\b`, "g");

const MISSING: ReadonlyMap<string, string> = new Map([
  ["server", "set VSPHERE_TRUST_AUTHORITY_SERVER, or give --server"],
  ["user", "set VSPHERE_TRUST_AUTHORITY_USER, or give --user"],
  ["password", "set VSPHERE_TRUST_AUTHORITY_PASSWORD, or give --password-file or --password-env"],
]);

/** What the settings of one command are called. @internal */
export class SettingNames {
  readonly #given: ReadonlyMap<string, string>;

  /** @param given - what to call a setting that a flag gives, by its variable without prefix */
  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  /** E.g. `--server-fingerprint` if that flag is given, else `VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT`. */
  nameOf(variable: string): string {
    return this.#given.get(variable) ?? ENVIRONMENT_PREFIX + variable;
  }

  /** The same error in the words of the command line. */
  explain(error: unknown): unknown {
    if (!isCodedError(error)) return error;
    const missing = error.code === "ERR_CONFIG_MISSING" ? MISSING.get(error.details.key ?? "") : undefined;
    if (missing !== undefined) return error.extended({ remedy: missing });
    const { message, remedy } = error;
    const renamed = error.code === "ERR_CONFIG_INVALID" ? this.#rename(message) : message;
    return error.extended({ message: renamed, ...(remedy === undefined ? {} : { remedy: this.#rename(remedy) }) });
  }

  #rename(text: string): string {
    return text
      .replace(NAMES, (name, variable?: string) => this.nameOf(variable ?? variableOf(name)))
      .replace(/^server (?=")/, `${this.nameOf("SERVER")} `)
      .replaceAll("the program's directory", "the current directory");
  }
}

/** E.g. `CA_CERTIFICATE` of `caCertificate`. */
function variableOf(key: string): string {
  return key.replace(/[A-Z]/g, "_$&").toUpperCase();
}
