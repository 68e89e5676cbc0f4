// SPDX-License-Identifier: Apache-2.0
// What a function says that cannot answer, and what it waits out.

import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { getKmsClientCertificate, getKmsKeyProviders, getTrustAuthorityClusters } from "../../provider/src/index";
import type { SimulatorOptions } from "../simulator";
import { end, failure, simulator, start, TARGET } from "./function-stage";

describe("a function that cannot answer", () => {
  const rows: readonly {
    readonly what: string;
    readonly vcenter?: SimulatorOptions;
    readonly environment?: NodeJS.ProcessEnv;
    readonly arrange?: () => void;
    readonly call?: () => Promise<unknown>;
    readonly says: RegExp;
    readonly logins?: number;
  }[] = [
    {
      what: "says that the cluster is unknown",
      call: () => getKmsKeyProviders({ cluster: "domain-c7" }),
      says: /^Listing the key providers of cluster "domain-c7" on 127.*"Cluster domain-c7 was not found".*\. Check cluster: `npx pulumi-vsphere-trust-authority list` shows the ids\. \[ERR_KEY_PROVIDER_NOT_FOUND\]$/,
    },
    {
      what: "says that the key provider is unknown, as its task says",
      vcenter: { refusals: "task" },
      call: () => getKmsClientCertificate({ ...TARGET, keyProvider: "kms-9" }),
      says: /^Reading the client certificate of key provider "kms-9" in cluster "domain-c8" on .*\[ERR_KEY_PROVIDER_NOT_FOUND\]$/,
    },
    {
      what: "says that there is no certificate",
      vcenter: { initialCertificate: null },
      call: () => getKmsClientCertificate(TARGET),
      says: /has no client certificate.*\[ERR_KEY_PROVIDER_NOT_FOUND\]$/,
    },
    {
      what: "names the privilege",
      vcenter: { privileges: ["System.View"] },
      says: /TrustedAdmin\.ReadTrustedHosts and System\.View.*\[ERR_AUTHORIZATION\]$/,
      logins: 2,
    },
    {
      what: "says what vSphere 9 lacks",
      vcenter: { profile: "vsphere-9" },
      says: /vSphere 9 no longer has this API.*\[ERR_ENDPOINT_ABSENT\]$/,
    },
    {
      what: "sends a wrong password once",
      environment: { VSPHERE_TRUST_AUTHORITY_PASSWORD: "wrong-password" },
      says: /\[ERR_AUTHENTICATION\]$/,
    },
    {
      what: "does not take an answer that is not a list for one",
      arrange: () =>
        simulator.faults.add({
          match: { operation: "listClusters" },
          action: { kind: "respond", status: 200, body: { a: 1 } },
          times: Infinity,
        }),
      says: /vCenter's answer is not a list \(GET .*\[ERR_RESPONSE_INVALID\]$/,
    },
    {
      what: "does not believe a list of key providers without names",
      arrange: () => {
        const fields = { result: [{ health: "OK" }] };
        simulator.faults.add({
          match: { operation: "listKeyProviders" },
          action: { kind: "taskScript", script: { steps: [{ status: "SUCCEEDED", fields }] } },
          times: Infinity,
        });
      },
      call: () => getKmsKeyProviders({ cluster: "domain-c8" }),
      says: /list of key providers that vCenter returned cannot be read.*\[ERR_RESPONSE_INVALID\]$/,
    },
  ];
  afterEach(end);
  for (const {
    what,
    vcenter,
    environment,
    arrange,
    call = () => getTrustAuthorityClusters(),
    says,
    logins = 1,
  } of rows) {
    it(what, async () => {
      await start(vcenter);
      Object.assign(process.env, environment);
      arrange?.();
      assert.match((await failure(call())).message, says);
      assert.equal(simulator.journal.logins(), logins);
    });
  }

  it("has waited out what passes", async () => {
    await start();
    simulator.faults.add({ match: { operation: "listClusters" }, action: { kind: "reset" } });
    simulator.faults.add({ match: { operation: "listClusters" }, action: { kind: "respond", status: 503 } });
    simulator.faults.add({ match: { operation: "listClusters" }, action: { kind: "expireSessions" } });
    assert.equal((await getTrustAuthorityClusters()).length, 2);
  });

  it("says UNKNOWN for what vCenter left out", async () => {
    await start();
    const fields = { result: [{ provider: "kms-1" }] };
    const script = { steps: [{ status: "SUCCEEDED", fields }] };
    simulator.faults.add({ match: { operation: "listKeyProviders" }, action: { kind: "taskScript", script } });
    assert.deepEqual(await getKmsKeyProviders({ cluster: "domain-c8" }), [{ keyProvider: "kms-1", health: "UNKNOWN" }]);
  });
});
