// SPDX-License-Identifier: Apache-2.0
// Which vCenter, who, and what proves that it is the right one: from stack config and the environment, or from an
// explicit provider. Where to go (server, CA, pin) must be unambiguous; who goes there may be overridden by the
// environment, so that a rotated password reaches refresh and destroy.

import { CodedError, isCodedError } from "../core/coded-error";
import { visible } from "../core/visible";
import type { ServerAddress } from "../vsphere/http/address";
import { parseServerAddress } from "../vsphere/http/address";

/** Namespace of the config keys. @internal */
export const CONFIG_NAMESPACE = "vsphere-trust-authority";
/** Every config key, also the inputs of an explicit provider. @internal */
export const CONFIG_KEYS = [
  "explicitProvider",
  "server",
  "user",
  "password",
  "passwordFile",
  "passwordEnv",
  "caCertificate",
  "caCertificateFile",
  "serverFingerprint",
  "allowUnverifiedTls",
] as const;
/** Prefix of the environment variables. @internal */
export const ENVIRONMENT_PREFIX = "VSPHERE_TRUST_AUTHORITY_";

/** A text, or the file that holds it. @internal */
export type TextSource = { readonly text: string } | { readonly file: string };

/** Where to go, and what to trust there. @internal */
export interface Where {
  readonly address: ServerAddress;
  readonly ca: TextSource | undefined;
  /** SHA-256, upper-case hex with colons. */
  readonly fingerprint: string | undefined;
  readonly allowUnverifiedTls: boolean;
}

/** Who goes there. @internal */
export interface Who {
  readonly user: string | undefined;
  readonly password: TextSource | undefined;
}

/** Reads one config key of the namespace; undefined where it is not set. @internal */
export type ConfigReader = (key: string) => string | undefined;

/**
 * Resolves where to go. No file is read and nothing is sent.
 *
 * @param config - stack config, or the inputs of an explicit provider
 * @param environment - `process.env`; not looked at for an explicit provider
 * @returns the settings, or every problem they have
 * @internal
 */
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
  if (address === undefined && problems.length === 0) problems.push(missing("server", "SERVER"));
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

/**
 * Resolves who goes there. Nothing is read from a file yet.
 *
 * @param config - stack config, or the inputs of an explicit provider
 * @param environment - `process.env`
 * @returns user and where the password is; each undefined where it is not set
 * @throws CodedError `ERR_CONFIG_INVALID` where two passwords are given at the same place; `ERR_CONFIG_MISSING` where the
 * variable that `passwordEnv` names is not set
 * @internal
 */
export function resolveWho(config: ConfigReader, environment: NodeJS.ProcessEnv): Who {
  if (isExplicit(config)) {
    const variable = set(config("passwordEnv"));
    const password = variable === undefined ? set(config("password")) : set(environment[variable]);
    if (variable !== undefined && password === undefined) {
      throw new CodedError(
        "ERR_CONFIG_MISSING",
        `the environment variable ${visible(variable, 100)}, which passwordEnv names, is not set`,
        {
          details: { key: "passwordEnv" },
          remedy: "set it where `pulumi` runs, or give passwordFile",
        },
      );
    }
    return {
      user: set(config("user")),
      password: atMostOne("password", "passwordFile", password, set(config("passwordFile"))),
    };
  }
  const name = (suffix: string): string => `${ENVIRONMENT_PREFIX}${suffix}`;
  const fromEnvironment = atMostOne(
    name("PASSWORD"),
    name("PASSWORD_FILE"),
    set(environment[name("PASSWORD")]),
    set(environment[name("PASSWORD_FILE")]),
  );
  const fromConfig = set(config("password"));
  return {
    user: set(environment[name("USER")]) ?? set(config("user")),
    password: fromEnvironment ?? (fromConfig === undefined ? undefined : { text: fromConfig }),
  };
}

/**
 * The error for a setting that is needed now and not there.
 *
 * @param key - config key
 * @param variable - environment variable without prefix
 * @returns `ERR_CONFIG_MISSING`, naming both ways to set it
 * @internal
 */
export function missing(key: string, variable: string): CodedError {
  const secret = key === "password" ? " --secret" : "";
  return new CodedError("ERR_CONFIG_MISSING", `no ${key} is set`, {
    details: { key },
    remedy: `set ${ENVIRONMENT_PREFIX}${variable}, or run \`pulumi config set ${CONFIG_NAMESPACE}:${key}${secret} …\`, or give it to a TrustAuthorityProvider`,
  });
}

function isExplicit(config: ConfigReader): boolean {
  return config("explicitProvider") === "true";
}

/** Config and environment may say the same, or one of them may be silent; a leftover variable must not win. */
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

function atMostOne(
  textName: string,
  fileName: string,
  text: string | undefined,
  file: string | undefined,
): TextSource | undefined {
  if (text !== undefined && file !== undefined) {
    throw new CodedError("ERR_CONFIG_INVALID", `both ${textName} and ${fileName} are set`, {
      remedy: "keep one of them",
    });
  }
  return text !== undefined ? { text } : file !== undefined ? { file } : undefined;
}

function normalizeFingerprint(text: string): string {
  const hex = text
    .trim()
    .replace(/^sha-?256( fingerprint)?[=:]\s*/i, "")
    .replace(/[:\s]/g, "")
    .toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex)) {
    throw new CodedError("ERR_CONFIG_INVALID", "serverFingerprint is no SHA-256 fingerprint (64 hexadecimal digits)", {
      remedy: "take it from `openssl x509 -noout -fingerprint -sha256`",
    });
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

function set(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}
