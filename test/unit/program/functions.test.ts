// SPDX-License-Identifier: Apache-2.0
// The functions as a user's unit tests see them, under Pulumi's mocks; and what they do before any request.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  getKmsClientCertificate,
  getKmsClientCertificateOutput,
  getKmsKeyProviders,
  getKmsKeyProvidersOutput,
  getTrustAuthorityClusters,
  getTrustAuthorityClustersOutput,
  TrustAuthorityProvider,
} from "../../../provider/src/index";
import { valueOf } from "./registrations";

const TARGET = { cluster: "domain-c8", keyProvider: "kms-1" };
const LIST = [{ keyProvider: "kms-1", health: "OK" }];

class ForeignProvider extends pulumi.ProviderResource {}
class Made extends pulumi.CustomResource {}

/** Every call of a function is answered with `answer`. @returns the calls so far; grows */
async function mock(answer: unknown): Promise<readonly pulumi.runtime.MockCallArgs[]> {
  const calls: pulumi.runtime.MockCallArgs[] = [];
  await pulumi.runtime.setMocks({
    call: (args) => {
      calls.push(args);
      return answer as pulumi.runtime.MockCallResult;
    },
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
  });
  return calls;
}

describe("under mocks a function", () => {
  const called: readonly [name: string, inputs: object, promise: () => Promise<unknown>, output: () => unknown][] = [
    [
      "getKmsClientCertificate",
      TARGET,
      () => getKmsClientCertificate(TARGET),
      () => getKmsClientCertificateOutput({ ...TARGET, cluster: pulumi.output(TARGET.cluster) }),
    ],
    [
      "getKmsKeyProviders",
      { cluster: "domain-c8" },
      () => getKmsKeyProviders({ cluster: "domain-c8" }),
      () => getKmsKeyProvidersOutput({ cluster: Promise.resolve("domain-c8") }),
    ],
    ["getTrustAuthorityClusters", {}, () => getTrustAuthorityClusters(), () => getTrustAuthorityClustersOutput()],
  ];
  for (const [name, inputs, promise, output] of called) {
    it(`calls the mock with the token trustauthority:index:${name}, in both forms`, async () => {
      const calls = await mock({ sha256Fingerprint: "AB", keyProviders: LIST, clusters: LIST });
      const answers = [await promise(), await valueOf(output() as pulumi.Output<unknown>)];
      assert.deepEqual(
        calls.map(({ token, inputs: given, provider }) => [token, given as object, provider]),
        Array.from({ length: 2 }, () => [`trustauthority:index:${name}`, inputs, ""]),
      );
      for (const answer of answers) {
        if (name === "getKmsClientCertificate")
          assert.equal((answer as Record<string, unknown>)["sha256Fingerprint"], "AB");
        else assert.deepEqual(answer, LIST);
      }
    });
  }

  it("takes a list as a list, and nothing as an empty one; anything else is a mistake in the mock", async () => {
    await mock(LIST);
    assert.deepEqual(await getKmsKeyProviders({ cluster: "domain-c8" }), LIST);
    await mock({});
    assert.deepEqual(await getTrustAuthorityClusters(), []);
    await mock({ cluster: "domain-c8" });
    await assert.rejects(getKmsKeyProviders({ cluster: "domain-c8" }), /must return a list, or \{ keyProviders: \[/);
  });

  it("passes an explicit provider, given or inherited from a component", async () => {
    const calls = await mock(LIST);
    const provider = new TrustAuthorityProvider("ta", { server: "vcenter.example" });
    const parent = new pulumi.ComponentResource("a:b:C", "component", {}, { providers: [provider] });
    await getTrustAuthorityClusters({ provider });
    await getTrustAuthorityClusters({ parent });
    await valueOf(getTrustAuthorityClustersOutput({ parent }));
    const reference = "urn:pulumi:stack::project::pulumi:providers:pulumi-nodejs::ta::ta-id";
    assert.deepEqual(
      calls.map((call) => call.provider),
      [reference, reference, reference],
    );
  });

  it("refuses a provider of something else", async () => {
    await mock(LIST);
    const provider = new ForeignProvider("aws", "aws", {});
    await assert.rejects(getTrustAuthorityClusters({ provider }), /is not a TrustAuthorityProvider/);
  });
});

describe("before any request a function", () => {
  /** Works as the engine does, in a preview, but for functions. */
  async function preview(): Promise<readonly pulumi.runtime.MockCallArgs[]> {
    const calls = await mock({});
    const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: unknown; supportsFeature: unknown };
    const bound = (name: keyof typeof monitor): unknown =>
      (monitor[name] as (...args: unknown[]) => unknown).bind(monitor);
    const engine = { registerResource: bound("registerResource"), supportsFeature: bound("supportsFeature") };
    pulumi.runtime.setMockOptions(engine, "project", "stack", true);
    return calls;
  }
  const unknown = (): pulumi.Output<string> =>
    new (pulumi.Output as unknown as new (...args: unknown[]) => pulumi.Output<string>)(
      [],
      Promise.resolve("?"),
      Promise.resolve(false),
      Promise.resolve(false),
      Promise.resolve([]),
    );
  const isKnown = (output: unknown): Promise<boolean> => (output as { isKnown: Promise<boolean> }).isKnown;

  it("says which argument is missing", async () => {
    await preview();
    for (const args of [undefined, {}, { cluster: "" }, { cluster: 8 }] as unknown[]) {
      await assert.rejects(
        getKmsKeyProviders(args as typeof TARGET),
        (error: Error & { code?: string }) =>
          pulumi.RunError.isInstance(error) &&
          /cluster is (missing|not a text)/.test(error.message) &&
          error.code === "ERR_INPUT_INVALID",
      );
    }
  });

  it("is unknown in a preview while an argument or a setting is, and tells that its Promise form cannot wait", async () => {
    await preview();
    const provider = new TrustAuthorityProvider("ta", { server: "127.0.0.1:1", user: "u", password: "p" });
    const open = new TrustAuthorityProvider("open", { server: "127.0.0.1:1", user: "u", password: unknown() });
    assert.equal(await isKnown(getKmsClientCertificateOutput({ ...TARGET, cluster: unknown() }, { provider })), false);
    assert.equal(await isKnown(getKmsKeyProvidersOutput(TARGET, { provider: open })), false);
    await assert.rejects(
      getKmsKeyProviders(TARGET, { provider: open }),
      /a setting of the TrustAuthorityProvider is not known yet in this preview: use getKmsKeyProvidersOutput/,
    );
  });

  it("is unknown in a preview while a resource that it depends on is still to be created", async () => {
    await preview();
    const made = new Made("a:b:C", "made", { cluster: "domain-c8" });
    const ready = Object.assign(Object.create(made) as pulumi.CustomResource, made, { id: unknown() });
    const provider = new TrustAuthorityProvider("ta", { server: "127.0.0.1:1" });
    assert.equal(await isKnown(getTrustAuthorityClustersOutput({ provider, dependsOn: ready })), false);
  });
});
