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

function makeProcess(): { process: ProviderProcess; connected: () => number; closed: () => number } {
  let connected = 0;
  let closed = 0;
  const process = new ProviderProcess({
    display: SILENT,
    environment: {},
    connect: () => {
      connected += 1;
      return Promise.resolve({ close: () => Promise.resolve(void (closed += 1)) } as unknown as VCenterConnection);
    },
  });
  return { process, connected: () => connected, closed: () => closed };
}

function configOf(settings: Readonly<Record<string, string>>): Config {
  const get = (key: string): string | undefined => settings[key.replace("vsphere-trust-authority:", "")];
  return { get } as unknown as Config;
}

describe("configure", () => {
  it("keeps the connection if it is called again with the same settings, as for a second type", async () => {
    const { process, connected, closed } = makeProcess();
    process.configure(configOf(SETTINGS));
    const { access } = process;
    await access.connection();
    process.configure(configOf({ ...SETTINGS }));
    assert.equal(process.access, access);
    await process.access.connection();
    assert.deepEqual([connected(), closed()], [1, 0]);
  });

  it("closes the connection if the settings are others", async () => {
    const { process, connected, closed } = makeProcess();
    process.configure(configOf(SETTINGS));
    await process.access.connection();
    process.configure(configOf({ ...SETTINGS, user: "another" }));
    await process.access.connection();
    await new Promise(setImmediate);
    assert.deepEqual([connected(), closed()], [2, 1]);
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
