// SPDX-License-Identifier: Apache-2.0
// What all types of one process share, and what `configure` may do to it: the engine's host calls it once for each type.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Config } from "@pulumi/pulumi/dynamic";
import { Claims } from "../../../provider/src/process/claims";
import type { Display } from "../../../provider/src/process/display";
import { ProviderProcess } from "../../../provider/src/process/provider-process";
import type { VCenterConnection } from "../../../provider/src/vsphere/connection";

const SILENT: Display = { line: () => undefined, status: () => undefined };
const SETTINGS = { server: "vcenter.example", user: "u", password: "p" };

function makeProcess(): { providerProcess: ProviderProcess; connected: () => number; closed: () => number } {
  let connected = 0;
  let closed = 0;
  const providerProcess = new ProviderProcess({
    display: SILENT,
    environment: {},
    connect: () => {
      connected += 1;
      return Promise.resolve({ close: () => Promise.resolve(void (closed += 1)) } as unknown as VCenterConnection);
    },
  });
  return { providerProcess, connected: () => connected, closed: () => closed };
}

function configOf(settings: Readonly<Record<string, string>>): Config {
  const get = (key: string): string | undefined => settings[key.replace("vsphere-trust-authority:", "")];
  return { get } as unknown as Config;
}

describe("configure", () => {
  it("keeps the connection if it is called again with the same settings, as for a second type", async () => {
    const { providerProcess, connected, closed } = makeProcess();
    providerProcess.configure(configOf(SETTINGS));
    const { access } = providerProcess;
    await access.connection();
    providerProcess.configure(configOf({ ...SETTINGS }));
    assert.equal(providerProcess.access, access);
    await providerProcess.access.connection();
    assert.deepEqual([connected(), closed()], [1, 0]);
  });

  it("makes another connection if the settings are others; the signals are handled until both are closed", async () => {
    const { providerProcess, connected, closed } = makeProcess();
    const handlers = (): number => process.listenerCount("SIGINT");
    providerProcess.configure(configOf(SETTINGS));
    const before = providerProcess.access;
    await before.connection();
    before.onBusy(true);
    providerProcess.configure(configOf({ ...SETTINGS, user: "another" }));
    await providerProcess.access.connection();
    providerProcess.access.onBusy(true);
    assert.deepEqual([connected(), closed(), handlers()], [2, 0, 1]);
    providerProcess.access.onBusy(false);
    assert.equal(handlers(), 1, "the session of an operation that still runs would be left");
    await providerProcess.shutdown.stop("SIGINT");
    assert.equal(closed(), 1);
    before.onBusy(false);
    assert.equal(handlers(), 0);
  });
});

describe("claims", () => {
  it("are of one resource for each slot of a key provider", () => {
    const claims = new Claims();
    const claim = (slot: "certificate" | "csr", key: string, urn: string | undefined): string | undefined =>
      claims.claim(slot, key, urn);
    assert.equal(claim("certificate", "kms-1", "a"), undefined);
    assert.equal(claim("certificate", "kms-1", "a"), undefined, "the same resource, again");
    assert.equal(claim("csr", "kms-1", "b"), undefined, "its CSR");
    assert.equal(claim("certificate", "kms-2", "b"), undefined, "another key provider");
    assert.equal(claim("certificate", "kms-1", undefined), undefined, "a resource without a URN claims nothing");
    assert.equal(claim("certificate", "kms-1", "b"), "a");
    assert.equal(claim("csr", "kms-1", "c"), "b");
  });
});
