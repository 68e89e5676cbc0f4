// SPDX-License-Identifier: Apache-2.0
// Inputs that exclude each other, and the pair of which one must be given.

import type { CheckFailure } from "@pulumi/pulumi/dynamic";
import type { Properties } from "../../process/properties";
import { isGiven } from "../decode-inputs";

const EXCLUSIVE = [
  ["certificate", "certificateFile"],
  ["privateKey", "privateKeyFile"],
  ["passphrase", "passphraseFile", "passphraseEnv"],
] as const;

/** An unknown value counts as given. @internal */
export function conflictingInputs(news: Properties, olds: Properties): CheckFailure[] {
  const reasons = EXCLUSIVE.flatMap((names) => {
    const given = names.filter((name) => isGiven(news[name]));
    if (given.length < 2 || (names[0] === "certificate" && isIgnored(news, olds))) return [];
    return [`${listOf(given)} are ${given.length === 2 ? "both" : "all"} given; keep one of them`];
  });
  if (!isGiven(news["certificate"]) && !isGiven(news["certificateFile"])) {
    reasons.push("certificate is missing: give it, or certificateFile");
  }
  return reasons.map((reason) => ({ property: "", reason: `${reason} [ERR_INPUT_INVALID]` }));
}

/**
 * With `ignoreChanges: ["certificate"]` the engine puts the certificate of the state, which `check` took from the file, beside
 * the file that the program gives.
 *
 * @internal
 */
export function isIgnored(news: Properties, olds: Properties): boolean {
  return (
    isGiven(news["certificateFile"]) &&
    isGiven(olds["certificateFile"]) &&
    isGiven(news["certificate"]) &&
    news["certificate"] === olds["certificate"]
  );
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
