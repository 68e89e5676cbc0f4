// SPDX-License-Identifier: Apache-2.0
// User and password for one login, read anew each time: a rotated password file is seen without a restart.

import { readBoundedBytes } from "./bounded-file";
import { passwordFromBytes, passwordFromText } from "./password-text";
import type { ConfigReader } from "./setting-values";
import { missing } from "./setting-values";
import { resolveWho } from "./who";

/**
 * Reads user and password; no error repeats the password.
 *
 * @throws CodedError `ERR_CONFIG_MISSING`, `ERR_CONFIG_INVALID`
 * @internal
 */
export async function readCredentials(
  config: ConfigReader,
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<{ user: string; password: string }> {
  const { user, password } = resolveWho(config, environment);
  if (user === undefined) throw missing("user", "USER", config);
  if (password === undefined) throw missing("password", "PASSWORD", config);
  const { name } = password;
  if ("text" in password) return { user, password: passwordFromText(password.text, name) };
  const bytes = await readBoundedBytes(password.file, name, "ERR_CONFIG_INVALID", { showPath: false, signal });
  return { user, password: passwordFromBytes(bytes, name) };
}
