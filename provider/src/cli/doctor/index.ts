// SPDX-License-Identifier: Apache-2.0
// `doctor`: this machine, the way to vCenter, and what is there; each line as soon as it is known. It changes nothing.

import { cleanLine } from "../clean";
import type { Flags } from "../command-line";
import { openSession, settingsOf } from "../settings-flags";
import type { Surroundings } from "../surroundings";
import { asText } from "./finding";
import type { Finding } from "./finding";
import { checkThisMachine } from "./this-machine";
import { checkVcenter } from "./vcenter";
import { checkWay } from "./way-to-vcenter";

/** @returns the exit status @internal */
export async function doctor(
  flags: Flags,
  surroundings: Surroundings,
  nodeVersion: string = process.versions.node,
): Promise<number> {
  const { out, err } = surroundings;
  const settings = settingsOf(flags, surroundings.environment);
  const session = openSession("doctor", settings, err);
  const findings: Finding[] = [];
  const report = (finding: Finding): void => {
    const clean = {
      ...finding,
      check: cleanLine(session, finding.check),
      found: cleanLine(session, finding.found),
      ...(finding.fix === undefined ? {} : { fix: cleanLine(session, finding.fix) }),
    };
    findings.push(clean);
    if (flags.json !== true) out(asText(clean));
  };
  try {
    for (const finding of await checkThisMachine(surroundings, nodeVersion)) report(finding);
    if (await checkWay(session, settings, report)) await checkVcenter(session, flags, report);
    else
      report({
        check: "vcenter",
        status: "skipped",
        found: "login and what comes after it are not checked: fix the errors above first",
      });
  } finally {
    await session.close();
  }
  if (flags.json === true) out(`${JSON.stringify(findings, null, 2)}\n`);
  return findings.some(({ status }) => status === "error") ? 1 : 0;
}
