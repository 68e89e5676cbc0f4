// SPDX-License-Identifier: Apache-2.0
// `KmsClientCertificate` as a user's program and its unit tests see it, under Pulumi's mocks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate, TrustAuthorityProvider } from "../../../provider/src/index";
import type { KmsClientCertificateArgs, TrustAuthorityProviderArgs } from "../../../provider/src/index";
import type { Registration } from "./registrations";
import { named, record, valueOf } from "./registrations";

const TYPE = "pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate";
const TEXT = readFileSync(join(__dirname, "../../golden/provider-text.txt"), "utf8").trimEnd();
const ARGS = { cluster: "domain-c8", keyProvider: "kms-1", certificate: "a certificate" };

let seen: readonly Registration[];

beforeEach(async () => {
  seen = await record({ sha256Fingerprint: "AB:CD", subject: "CN=x", server: "vcenter.example" });
});

async function declare(
  args: KmsClientCertificateArgs = ARGS,
  options?: pulumi.CustomResourceOptions,
): Promise<Registration> {
  const resource = new KmsClientCertificate("kms", args, options);
  await valueOf(resource.urn);
  return named(seen, "kms");
}

describe("a declared certificate", () => {
  it("is registered under its type and name, with the constant line, its URN and what was given, and no default", async () => {
    const { type, inputs, additionalSecretOutputs, deleteBeforeReplace, provider } = await declare();
    assert.equal(type, TYPE);
    assert.deepEqual(inputs, { ...ARGS, __provider: TEXT, __urn: `urn:pulumi:stack::project::${TYPE}::kms` });
    assert.deepEqual([additionalSecretOutputs, deleteBeforeReplace, provider], [[], false, ""]);
  });

  it("has an Output for each output and each given input, and for nothing else: each one costs in every run", () => {
    const resource = new KmsClientCertificate("kms", { ...ARGS, privateKeyFile: "client.key" });
    const outputs = Object.entries(resource).filter(([, value]) => pulumi.Output.isInstance(value));
    const declared =
      "cluster keyProvider certificate timeoutSeconds server sha256Fingerprint subject issuer serialNumber notBefore notAfter previousSha256Fingerprint previousSerialNumber taskId";
    assert.deepEqual(
      outputs.map(([name]) => name).sort(),
      [...declared.split(" "), "id", "urn", "privateKeyFile", "__provider", "__urn"].sort(),
    );
  });

  it("leaves the length of stack traces as it was, and a mistake with its place in the program", () => {
    const before = Error.stackTraceLimit;
    new KmsClientCertificate("kms", ARGS);
    assert.equal(Error.stackTraceLimit, before);
    assert.throws(
      () => new KmsClientCertificate("", ARGS),
      (error: Error) => error.stack?.includes("kms-client-certificate.test") === true,
    );
    assert.equal(Error.stackTraceLimit, before);
  });

  it("passes every option on as it is", async () => {
    const options = {
      certificateFile: "client.pem",
      passphraseFile: "client.txt",
      passphraseEnv: "PASSPHRASE",
      signingRequest: "a request",
      timeoutSeconds: 60,
      expiryWarningDays: 0,
      detectDrift: "always",
      adopt: false,
    } as const;
    const { inputs } = await declare({ ...ARGS, privateKeyFile: "client.key", ...options });
    for (const [name, value] of Object.entries(options)) assert.equal(inputs[name], value, name);
    assert.equal(inputs["privateKeyFile"], "client.key");
    assert.equal("privateKey" in inputs, false);
  });

  it("lets a program without types give the onDelete of 0.1.0, which check explains", async () => {
    const { inputs } = await declare({ ...ARGS, onDelete: "retain" } as KmsClientCertificateArgs);
    assert.equal(inputs["onDelete"], "retain");
  });

  it("takes arguments that are assigned after their object was made", async () => {
    // Compiles only as long as no member is readonly.
    const args: KmsClientCertificateArgs = { ...ARGS };
    args.privateKey = "a key";
    args.timeoutSeconds = 60;
    args.cluster = "domain-c9";
    const provider: TrustAuthorityProviderArgs = { server: "x.example" };
    provider.passwordEnv = "PASSWORD";
    const { inputs } = await declare(args);
    assert.deepEqual([inputs["privateKey"], inputs["cluster"]], [{ secret: "a key" }, "domain-c9"]);
  });

  it("marks its key and its passphrase as secrets, whether the program did or not, and nothing else", async () => {
    for (const privateKey of ["a key", pulumi.output("a key"), pulumi.secret("a key"), Promise.resolve("a key")]) {
      seen = await record();
      const { inputs } = await declare({ ...ARGS, privateKey, passphrase: privateKey });
      assert.deepEqual([inputs["privateKey"], inputs["passphrase"]], [{ secret: "a key" }, { secret: "a key" }]);
      for (const name of ["cluster", "keyProvider", "certificate", "__provider", "__urn"]) {
        assert.equal(typeof inputs[name], "string", name);
      }
    }
  });

  it("keeps a secret of the program secret", async () => {
    const { inputs } = await declare({ ...ARGS, certificate: pulumi.secret("a certificate") });
    assert.deepEqual(inputs["certificate"], { secret: "a certificate" });
  });

  it("lists as secret outputs what the program lists: an output that isn't there would be a warning of the engine", async () => {
    const { additionalSecretOutputs } = await declare(
      { ...ARGS, privateKey: "a key" },
      { additionalSecretOutputs: ["subject"] },
    );
    assert.deepEqual(additionalSecretOutputs, ["subject"]);
  });

  it("depends by each input on what that comes from, and by its hidden URN on nothing", async () => {
    const issuer = new KmsClientCertificate("issuer", ARGS);
    const { dependencies } = await declare({ ...ARGS, certificate: issuer.certificate }, { dependsOn: [] });
    assert.deepEqual(dependencies["certificate"], [await valueOf(issuer.urn)]);
    assert.deepEqual([dependencies["__urn"] ?? [], dependencies["cluster"] ?? []], [[], []]);
  });

  it("shows the engine's answers as outputs, and undefined for what has no answer", async () => {
    const resource = new KmsClientCertificate("kms", { ...ARGS, timeoutSeconds: 60 });
    assert.equal(await valueOf(resource.id), "kms-id");
    assert.equal(await valueOf(resource.sha256Fingerprint), "AB:CD");
    assert.equal(await valueOf(resource.server), "vcenter.example");
    assert.equal(await valueOf(resource.cluster), "domain-c8");
    assert.equal(await valueOf(resource.timeoutSeconds), 60);
    assert.equal(await valueOf(resource.taskId), undefined);
    const outputs = ["subject", "issuer", "serialNumber", "notBefore", "notAfter", "keyProvider"] as const;
    for (const name of outputs) assert.ok(pulumi.Output.isInstance(resource[name]), name);
  });

  it("knows itself and its like, and nothing else", () => {
    const resource = new KmsClientCertificate("kms", ARGS);
    assert.ok(KmsClientCertificate.isInstance(resource));
    for (const other of [undefined, null, {}, "kms", new TrustAuthorityProvider("ta", { server: "x.example" })]) {
      assert.equal(KmsClientCertificate.isInstance(other), false);
    }
  });
});

describe("get", () => {
  it("reads by id, gives no inputs but the constant line and the URN, and keeps options", async () => {
    const found = KmsClientCertificate.get("found", "domain-c8/kms-1", { additionalSecretOutputs: ["subject"] });
    assert.equal(await valueOf(found.sha256Fingerprint), "AB:CD");
    const { type, id, inputs, additionalSecretOutputs } = named(seen, "found");
    assert.deepEqual([type, id, additionalSecretOutputs], [TYPE, "domain-c8/kms-1", ["subject"]]);
    assert.deepEqual(Object.keys(inputs).sort(), ["__provider", "__urn"]);
    assert.equal(inputs["__provider"], TEXT);
    assert.ok(KmsClientCertificate.isInstance(found));
  });

  it("takes an id that another resource yields", async () => {
    const other = new KmsClientCertificate("kms", ARGS);
    const found = KmsClientCertificate.get("found", other.id);
    await valueOf(found.urn);
    assert.equal(named(seen, "found").id, "kms-id");
  });
});

describe("where a certificate stands", () => {
  it("is below its parent, alone or with siblings, and so is its hidden URN", async () => {
    const site = new pulumi.ComponentResource("example:index:Site", "site");
    const both = ["one", "two"].map((name) => new KmsClientCertificate(name, ARGS, { parent: site }));
    await Promise.all(both.map(({ urn }) => valueOf(urn)));
    for (const name of ["one", "two"]) {
      const { parent, inputs } = named(seen, name);
      assert.equal(parent, await valueOf(site.urn));
      assert.equal(inputs["__urn"], `urn:pulumi:stack::project::example:index:Site$${TYPE}::${name}`);
    }
  });

  it("is with the explicit provider that it, or its component, was given", async () => {
    const east = new TrustAuthorityProvider("east", { server: "east.example" });
    const reference = `${String(await valueOf(east.urn))}::east-id`;
    assert.equal((await declare(ARGS, { provider: east })).provider, reference);
    const site = new pulumi.ComponentResource("example:index:Site", "site", {}, { providers: [east] });
    const below = new KmsClientCertificate("below", ARGS, { parent: site });
    await valueOf(below.urn);
    assert.equal(named(seen, "below").provider, reference);
    const found = KmsClientCertificate.get("found", "domain-c8/kms-1", { provider: east });
    await valueOf(found.urn);
    assert.equal(named(seen, "found").provider, reference);
  });
});
