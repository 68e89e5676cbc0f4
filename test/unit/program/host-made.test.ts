// SPDX-License-Identifier: Apache-2.0
// The classes of what the hosts make themselves, as a user's program sees them, under Pulumi's mocks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificateSigningRequest, KmsSelfSignedClientCertificate } from "../../../provider/src/index";
import type {
  KmsClientCertificateSigningRequestArgs,
  KmsSelfSignedClientCertificateArgs,
} from "../../../provider/src/index";
import type { Registration } from "./registrations";
import { named, record, valueOf } from "./registrations";

const ARGS = { cluster: "domain-c8", keyProvider: "kms-1" };
const SHARED = "cluster keyProvider triggers timeoutSeconds server subject taskId id urn __provider __urn";

/** What the two classes are, and what tells them apart. */
const CLASSES = [
  {
    type: KmsClientCertificateSigningRequest,
    token: "KmsClientCertificateSigningRequest",
    golden: "signing-request-text.txt",
    outputs: "csr publicKeySha256 keyAlgorithm keyBits",
    options: { adopt: true, timeoutSeconds: "60" },
  },
  {
    type: KmsSelfSignedClientCertificate,
    token: "KmsSelfSignedClientCertificate",
    golden: "self-signed-text.txt",
    outputs:
      "certificate sha256Fingerprint issuer serialNumber notBefore notAfter previousSha256Fingerprint previousSerialNumber",
    options: { adopt: true, timeoutSeconds: 60, earlyRenewalHours: 0, expiryWarningDays: 7 },
  },
] as const;

let seen: readonly Registration[];

beforeEach(async () => {
  seen = await record({ subject: "CN=x" });
});

for (const { type: Type, token, golden, outputs, options } of CLASSES) {
  const fullToken = `pulumi-nodejs:dynamic/trustauthority:${token}`;
  const text = readFileSync(join(__dirname, "../../golden", golden), "utf8").trimEnd();

  describe(token, () => {
    it("is registered with the constant line, its URN and what was given, and no default", async () => {
      await valueOf(new Type("kms", { ...ARGS, ...options, triggers: ["a", pulumi.output(1)] }).urn);
      const { type, inputs, additionalSecretOutputs } = named(seen, "kms");
      assert.equal(type, fullToken);
      assert.deepEqual(additionalSecretOutputs, []);
      const urn = `urn:pulumi:stack::project::${fullToken}::kms`;
      const given = { ...ARGS, ...options, triggers: ["a", 1] };
      assert.deepEqual(inputs, { ...given, __provider: text, __urn: urn });
      await valueOf(new Type("plain", ARGS).urn);
      assert.deepEqual(Object.keys(named(seen, "plain").inputs).sort(), [
        ...["__provider", "__urn"],
        ...["cluster", "keyProvider"],
      ]);
    });

    it("has an Output for each output, and for nothing else: each one costs in every run", () => {
      const found = Object.entries(new Type("kms", ARGS)).filter(([, value]) => pulumi.Output.isInstance(value));
      assert.deepEqual(found.map(([name]) => name).sort(), `${SHARED} ${outputs}`.split(" ").sort());
    });

    it("keeps a secret among the triggers secret", async () => {
      const made = new Type("kms", { ...ARGS, triggers: [pulumi.secret("s3cret")] });
      await valueOf(made.urn);
      assert.match(JSON.stringify(named(seen, "kms").inputs["triggers"]), /1b47061264138c4ac30d75fd1eb44270|"secret"/);
      assert.ok(await (made.triggers as pulumi.Output<unknown> & { isSecret: Promise<boolean> }).isSecret);
    });

    it("is read by id, knows itself and its like, and leaves missing arguments to check", async () => {
      const found = Type.get("found", "domain-c8/kms-1");
      assert.equal(await valueOf(found.subject), "CN=x");
      assert.deepEqual([named(seen, "found").type, named(seen, "found").id], [fullToken, "domain-c8/kms-1"]);
      assert.ok(Type.isInstance(found));
      for (const other of CLASSES) if (other.type !== Type) assert.equal(other.type.isInstance(found), false);
      assert.equal(Type.isInstance(undefined), false);
      const Untyped = Type as unknown as new (name: string) => pulumi.CustomResource;
      await valueOf(new Untyped("bare").urn);
      assert.deepEqual(Object.keys(named(seen, "bare").inputs).sort(), ["__provider", "__urn"]);
    });
  });
}

it("takes arguments that are assigned after their object was made", () => {
  // Compiles only as long as no member is readonly.
  const request: KmsClientCertificateSigningRequestArgs = { ...ARGS };
  request.triggers = pulumi.output([1]);
  const certificate: KmsSelfSignedClientCertificateArgs = { ...ARGS };
  certificate.earlyRenewalHours = "24";
  assert.equal(certificate.earlyRenewalHours, "24");
});
