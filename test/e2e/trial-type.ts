// SPDX-License-Identifier: Apache-2.0
// A type of resource that exists only in a test: it watches the certificate of a key provider, and keeps a note.

import { readCertificate } from "../../provider/src/kms/read-certificate";
import type { Operation } from "../../provider/src/kms/operation";
import { certificateOutputs } from "../../provider/src/resources/certificate-outputs";
import { COMMON_INPUTS, decodeText } from "../../provider/src/resources/input-decoders";
import type { CommonInputs } from "../../provider/src/resources/input-decoders";
import type { ResourceType } from "../../provider/src/resources/resource-type";
import type { CertificateInfo } from "../../provider/src/x509/certificate";

interface TrialInputs extends CommonInputs {
  readonly note: string;
}

const watch = async (operation: Operation): Promise<Readonly<Record<string, unknown>>> =>
  certificateOutputs(await readCertificate(operation));

/** The whole type. */
export const trial: ResourceType<TrialInputs, CertificateInfo> = {
  noun: "watched certificate",
  slot: "csr",
  inputs: { ...COMMON_INPUTS, note: { decode: decodeText, stored: "compared" } },
  factNames: ["certificate", "sha256Fingerprint"],
  afterDelete: "it is no longer watched",
  check: () => [],
  differs: () => false,
  create: (call) => call.run(watch),
  update: (call) => call.run(watch),
  read: readCertificate,
  refreshed: (live) => ({ outputs: certificateOutputs(live), changedInputs: {} }),
};
