// SPDX-License-Identifier: Apache-2.0
// How single settings are read: names, empty values, the text or the file of one setting, and what to say if it is missing.

import { CodedError } from "../core/coded-error";
import { assertPath } from "./path-setting";

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

/** Reads one config key of the namespace; undefined if it is not set. @internal */
export type ConfigReader = (key: string) => string | undefined;

/** Whether the settings are the inputs of a `TrustAuthorityProvider`, which takes nothing from the environment. @internal */
export function isExplicit(config: ConfigReader): boolean {
  return config("explicitProvider") === "true";
}

/** The value, or undefined if it is empty or blank. @internal */
export function set(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}

/** The variable that a user names. Every object has a `constructor`, and no variable is meant by it. @internal */
export function variableNamed(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

/** The text or its file. @throws `ERR_CONFIG_INVALID` if both are given, or the text as the path @internal */
export function atMostOne(
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
  if (text !== undefined) return { text };
  if (file === undefined) return undefined;
  assertPath(file, fileName, textName, "ERR_CONFIG_INVALID");
  return { file: file.replace(/[\r\n]+$/, "") };
}

/** `ERR_CONFIG_MISSING` for a setting, with every way to set it that this provider reads. @internal */
export function missing(key: string, variable: string, config?: ConfigReader): CodedError {
  const secret = key === "password" ? " --secret" : "";
  const command = `run \`pulumi config set ${CONFIG_NAMESPACE}:${key}${secret} …\``;
  const argument = key === "password" ? "password, passwordFile or passwordEnv" : key;
  const details = { key };
  if (config !== undefined && isExplicit(config)) {
    const orConfig = key === "server" ? "" : `, or ${command}`;
    return new CodedError("ERR_CONFIG_MISSING", `the TrustAuthorityProvider has no ${key}`, {
      details,
      remedy: `give it ${argument}${orConfig}; an explicit provider does not read ${ENVIRONMENT_PREFIX}${variable}`,
    });
  }
  return new CodedError("ERR_CONFIG_MISSING", `no ${key} is set`, {
    details,
    remedy: `set ${ENVIRONMENT_PREFIX}${variable}, or ${command}, or give it to a TrustAuthorityProvider`,
  });
}
