// SPDX-License-Identifier: Apache-2.0
// Which vCenter, and what proves that it is the right one (CA or pin): from stack config and the environment, which must
// agree, or from an explicit provider.

import { CodedError, isCodedError } from "../core/coded-error";
import type { ServerAddress } from "../vsphere/http/address";
import { parseServerAddress } from "../vsphere/http/address";
import type { ConfigReader, TextSource } from "./setting-values";
import { atMostOne, CONFIG_NAMESPACE, ENVIRONMENT_PREFIX, isExplicit, missing, set } from "./setting-values";

/** Where to go, and what to trust there. @internal */
export interface Where {
  readonly address: ServerAddress;
  readonly ca: TextSource | undefined;
  /** SHA-256, upper-case hex with colons. */
  readonly fingerprint: string | undefined;
  readonly allowUnverifiedTls: boolean;
}

/** Where to go, or every problem of the settings. Reads no file and sends nothing. @internal */
export function resolveWhere(
  config: ConfigReader,
  environment: NodeJS.ProcessEnv,
): { readonly where: Where } | { readonly problems: readonly CodedError[] } {
  const problems: CodedError[] = [];
  const attempt = <T>(resolve: () => T): T | undefined => {
    try {
      return resolve();
    } catch (error) {
      if (!isCodedError(error)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const env = isExplicit(config) ? {} : environment;
  const address = attempt(() =>
    one(
      "server",
      "SERVER",
      config,
      env,
      (text) => parseServerAddress(text),
      (a) => a.authority,
    ),
  );
  if (address === undefined && problems.length === 0) problems.push(missing("server", "SERVER", config));
  const ca = attempt(() => resolveCa(config, env));
  const fingerprint = attempt(() => one("serverFingerprint", "SERVER_FINGERPRINT", config, env, normalizeFingerprint));
  const lab = attempt(() => one("allowUnverifiedTls", "ALLOW_UNVERIFIED_TLS", config, env, parseBoolean, String));
  if (ca !== undefined && fingerprint !== undefined) {
    problems.push(
      new CodedError("ERR_CONFIG_INVALID", "both a CA certificate and serverFingerprint are set", {
        remedy: "keep one of them: the CA for a chain that is renewed, the fingerprint for one certificate",
      }),
    );
  }
  if (problems.length > 0 || address === undefined) return { problems };
  return { where: { address, ca, fingerprint, allowUnverifiedTls: lab ?? false } };
}

/** Takes the value from config or environment. Both may be set if they agree: a leftover variable must not win. */
function one<T>(
  key: string,
  variable: string,
  config: ConfigReader,
  environment: NodeJS.ProcessEnv,
  parse: (text: string) => T,
  identity: (value: T) => string = String,
): T | undefined {
  const fromConfig = set(config(key));
  const fromEnvironment = set(environment[ENVIRONMENT_PREFIX + variable]);
  const a = fromConfig === undefined ? undefined : parse(fromConfig);
  const b = fromEnvironment === undefined ? undefined : parse(fromEnvironment);
  if (a !== undefined && b !== undefined && identity(a) !== identity(b)) throw differ(key, variable);
  return a ?? b;
}

function resolveCa(config: ConfigReader, environment: NodeJS.ProcessEnv): TextSource | undefined {
  const fromConfig = atMostOne(
    "caCertificate",
    "caCertificateFile",
    set(config("caCertificate")),
    set(config("caCertificateFile")),
  );
  const fromEnvironment = atMostOne(
    `${ENVIRONMENT_PREFIX}CA_CERTIFICATE`,
    `${ENVIRONMENT_PREFIX}CA_CERTIFICATE_FILE`,
    set(environment[`${ENVIRONMENT_PREFIX}CA_CERTIFICATE`]),
    set(environment[`${ENVIRONMENT_PREFIX}CA_CERTIFICATE_FILE`]),
  );
  if (fromConfig === undefined || fromEnvironment === undefined) return fromConfig ?? fromEnvironment;
  if (JSON.stringify(fromConfig) !== JSON.stringify(fromEnvironment)) throw differ("caCertificate", "CA_CERTIFICATE");
  return fromConfig;
}

function normalizeFingerprint(text: string): string {
  const hex = text
    .trim()
    .replace(/^sha-?256( fingerprint)?[=:]\s*/i, "")
    .replace(/[:\s]/g, "")
    .toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex)) {
    throw new CodedError(
      "ERR_CONFIG_INVALID",
      "serverFingerprint is not a SHA-256 fingerprint (64 hexadecimal digits)",
      {
        remedy: "take it from `openssl x509 -in FILE -noout -fingerprint -sha256`",
      },
    );
  }
  return hex.replace(/..(?!$)/g, "$&:");
}

function parseBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  throw new CodedError("ERR_CONFIG_INVALID", "allowUnverifiedTls must be true or false");
}

function differ(key: string, variable: string): CodedError {
  return new CodedError(
    "ERR_CONFIG_INVALID",
    `stack config (${CONFIG_NAMESPACE}:${key}) and environment (${ENVIRONMENT_PREFIX}${variable}) differ`,
    { details: { key }, remedy: "unset one of them: a key must never go to the wrong vCenter by a leftover variable" },
  );
}
