// SPDX-License-Identifier: Apache-2.0
// The type `KmsClientCertificateSigningRequest`: a key that the hosts make and keep, and the request for its certificate.

import { makeSigningRequest, readSigningRequest, readSigningRequestIfAny } from "../../kms/signing-request";
import type { Properties } from "../../process/properties";
import type { SigningRequestInfo } from "../../x509/signing-request";
import { createHostMade, HOST_MADE_INPUTS, updateHostMade } from "../made-by-hosts";
import type { HostMade, HostMadeInputs } from "../made-by-hosts";
import { isReplaced, pendingOf } from "../pending";
import type { ResourceType } from "../resource-type";
import { savedText } from "../saved-state";

const FACT_NAMES = ["csr", "publicKeySha256", "subject", "keyAlgorithm", "keyBits"] as const;

const hostMade: HostMade<HostMadeInputs, SigningRequestInfo> = {
  inputs: HOST_MADE_INPUTS,
  factNames: FACT_NAMES,
  read: readSigningRequestIfAny,
  make: makeSigningRequest,
  outputs: factsOf,
  isDue: () => false,
};

/** @internal */
export const signingRequest: ResourceType<HostMadeInputs, SigningRequestInfo> = {
  noun: "certificate signing request",
  slot: "csr",
  inputs: HOST_MADE_INPUTS,
  factNames: FACT_NAMES,
  afterDelete: "the signing request stays on the hosts (the API has no removal); it is no longer managed here",
  check: () => [],
  differs: () => false,
  create: (call) => createHostMade(call, hostMade),
  update: (call) => updateHostMade(call, hostMade),
  read: readSigningRequest,
  refreshed: (live, saved) => {
    const before = savedText(saved, "publicKeySha256");
    const isForeign =
      !isReplaced(pendingOf(saved)?.replaces, live) && before !== undefined && before !== live.publicKeySha256;
    return { outputs: factsOf(live), changedInputs: {}, ...(isForeign ? { warning: REPLACED } : {}) };
  },
};

const REPLACED =
  "somebody else had the hosts make a new signing request: certificates signed from the earlier one can no longer be installed, have one signed from the new one";

function factsOf({ pem, publicKeySha256, subject, keyAlgorithm, keyBits }: SigningRequestInfo): Properties {
  return { csr: pem, publicKeySha256, subject, keyAlgorithm, keyBits };
}
