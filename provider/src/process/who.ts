// SPDX-License-Identifier: Apache-2.0
// Who logs in: the environment before stack config, so that a rotated password reaches refresh and destroy; or the
// arguments of an explicit provider alone.

import { CodedError } from "../core/coded-error";
import { passwordFromText, userFromText } from "./password-text";
import type { ConfigReader, TextSource } from "./setting-values";
import { atMostOne, ENVIRONMENT_PREFIX, isExplicit, set, variableNamed } from "./setting-values";

/** Who logs in. @internal */
export interface Who {
  readonly user: string | undefined;
  /** The password or its file, and the setting that it comes from. */
  readonly password: (TextSource & { readonly name: string }) | undefined;
}

/**
 * Who logs in. Reads no file yet, and no error repeats a value.
 *
 * @throws CodedError `ERR_CONFIG_INVALID`; `ERR_CONFIG_MISSING` if the variable that `passwordEnv` names is not set
 * @internal
 */
export function resolveWho(config: ConfigReader, environment: NodeJS.ProcessEnv): Who {
  return isExplicit(config) ? ofExplicitProvider(config, environment) : ofEnvironmentOrConfig(config, environment);
}

function ofExplicitProvider(config: ConfigReader, environment: NodeJS.ProcessEnv): Who {
  const variable = set(config("passwordEnv"))?.trim();
  const [textName, text] =
    variable === undefined
      ? ["password", set(config("password"))]
      : ["the variable that passwordEnv names", passwordOfVariable(variable, environment)];
  return {
    user: userOf("user", config("user")),
    password: passwordOf(textName, "passwordFile", text, set(config("passwordFile"))),
  };
}

/** The variable's name is not repeated, since it may be a password that was given by mistake. */
function passwordOfVariable(variable: string, environment: NodeJS.ProcessEnv): string {
  const password = set(variableNamed(variable, environment));
  if (password !== undefined) return password;
  const details = { key: "passwordEnv" };
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
    throw new CodedError("ERR_CONFIG_INVALID", "passwordEnv is not the name of an environment variable", {
      details,
      remedy: "give the variable's name in passwordEnv; for the text use password, as a secret",
    });
  }
  throw new CodedError("ERR_CONFIG_MISSING", "the environment variable that passwordEnv names is not set", {
    details,
    remedy: "set it for `pulumi`, or give passwordFile; for the text itself use password, as a secret",
  });
}

function ofEnvironmentOrConfig(config: ConfigReader, environment: NodeJS.ProcessEnv): Who {
  const of = (suffix: string): [name: string, value: string | undefined] => {
    const name = `${ENVIRONMENT_PREFIX}${suffix}`;
    return [name, set(environment[name])];
  };
  const [textName, text] = of("PASSWORD");
  const [fileName, file] = of("PASSWORD_FILE");
  return {
    user: userOf(...of("USER")) ?? userOf("user", config("user")),
    password:
      passwordOf(textName, fileName, text, file) ??
      passwordOf("password", "passwordFile", set(config("password")), undefined),
  };
}

function userOf(name: string, value: string | undefined): string | undefined {
  const user = set(value);
  return user === undefined ? undefined : userFromText(user, name);
}

function passwordOf(
  textName: string,
  fileName: string,
  text: string | undefined,
  file: string | undefined,
): Who["password"] {
  const source = atMostOne(textName, fileName, text, file);
  if (source === undefined) return undefined;
  if ("file" in source) return { ...source, name: fileName };
  return { text: passwordFromText(source.text, textName), name: textName };
}
