// SPDX-License-Identifier: Apache-2.0
// What an earlier run has left on the server and in the state, for every kind of write.

import { earlierRun } from "../support/crashes/doomed-process";
import { SavedResource } from "../support/crashes/saved-resource";
import { fingerprintOfPem, makeSigningRequest } from "../fixtures/certificates/make";
import type { WriteScenario } from "./write-scenario";

/** The program of that run wanted another one. */
export async function earlierRunOf(w: WriteScenario): Promise<SavedResource> {
  const { kind, s } = w;
  if (kind.write === "patch") return (await earlierRun(s)).resource;
  const { csrPem, publicKeySha256 } = await makeSigningRequest();
  s.simulator.setCsr(csrPem);
  const certificate = s.simulator.certificate() ?? "";
  const held =
    kind.write === "post"
      ? { certificate, sha256Fingerprint: fingerprintOfPem(certificate) }
      : { csr: csrPem, publicKeySha256 };
  const declared = { ...w.inputs(), triggers: ["zero"] };
  const outputs = { ...declared, server: s.environment["VSPHERE_TRUST_AUTHORITY_SERVER"], ...held };
  return new SavedResource({ id: s.id, inputs: declared, outputs, notFinished: false });
}
