// SPDX-License-Identifier: Apache-2.0
// `TrustAuthorityProvider` as a user's program sees it, under Pulumi's mocks: what it sends, what it takes from stack
// config, and what it leaves alone.

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { TrustAuthorityProvider } from "../../../provider/src/index";
import type { TrustAuthorityProviderArgs } from "../../../provider/src/index";
import type { Registration } from "./registrations";
import { named, record, valueOf } from "./registrations";

let seen: readonly Registration[];

beforeEach(async () => {
  seen = await record();
  configure({});
});

function configure(values: Readonly<Record<string, string>>, secrets: readonly string[] = []): void {
  const namespaced = (key: string): string => `vsphere-trust-authority:${key}`;
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(values).map(([key, value]) => [namespaced(key), value])),
    secrets.map(namespaced),
  );
}

/** The inputs without the namespace and the marker. */
async function inputsOf(args: TrustAuthorityProviderArgs): Promise<Record<string, unknown>> {
  const provider = new TrustAuthorityProvider("ta", args);
  await valueOf(provider.urn);
  const { inputs } = named(seen, "ta");
  assert.equal(inputs["vsphere-trust-authority:explicitProvider"], "true");
  return Object.fromEntries(
    Object.entries(inputs)
      .map(([key, value]) => [key.replace(/^vsphere-trust-authority:/, ""), value] as const)
      .filter(([key]) => key !== "explicitProvider" && key !== "version"),
  );
}

describe("an explicit provider", () => {
  it("is Pulumi's provider of dynamic resources, with namespaced keys and a marker", async () => {
    await inputsOf({ server: "vcenter.example" });
    const { type, inputs } = named(seen, "ta");
    assert.equal(type, "pulumi:providers:pulumi-nodejs");
    assert.ok(Object.keys(inputs).every((key) => key.startsWith("vsphere-trust-authority:") || key === "version"));
  });

  it("sends what it was given as text, and its password as a secret", async () => {
    assert.deepEqual(
      await inputsOf({
        server: "vcenter.example",
        user: "u",
        password: "p",
        serverFingerprint: "AB",
        allowUnverifiedTls: true,
      }),
      {
        server: "vcenter.example",
        user: "u",
        password: { secret: "p" },
        serverFingerprint: "AB",
        allowUnverifiedTls: "true",
      },
    );
  });

  it("takes outputs of other resources, and keeps what is secret in them secret", async () => {
    const inputs = await inputsOf({
      server: pulumi.output("vcenter.example"),
      user: pulumi.secret("u"),
      password: pulumi.output("p"),
      caCertificate: pulumi.output("a CA"),
    });
    assert.deepEqual(inputs, {
      server: "vcenter.example",
      user: { secret: "u" },
      password: { secret: "p" },
      caCertificate: "a CA",
    });
  });

  it("keeps where a password is apart from the password: a path or a variable's name is no secret", async () => {
    assert.deepEqual(await inputsOf({ server: "x.example", passwordFile: "p.txt" }), {
      server: "x.example",
      passwordFile: "p.txt",
    });
    seen = await record();
    assert.deepEqual(await inputsOf({ server: "x.example", passwordEnv: "P" }), {
      server: "x.example",
      passwordEnv: "P",
    });
  });
});

describe("what an explicit provider leaves out", () => {
  const CONFIG = {
    server: "config.example",
    user: "config-user",
    password: "config-password",
    caCertificate: "config CA",
  };

  it("comes from stack config, the password as a secret", async () => {
    configure(CONFIG, ["password"]);
    assert.deepEqual(await inputsOf({ server: "vcenter.example" }), {
      server: "vcenter.example",
      user: "config-user",
      password: { secret: "config-password" },
      caCertificate: "config CA",
    });
  });

  it("stays out where its group was given: a pin sets config's CA aside, a password file config's password", async () => {
    configure(CONFIG);
    assert.deepEqual(await inputsOf({ server: "vcenter.example", serverFingerprint: "AB", passwordFile: "p.txt" }), {
      server: "vcenter.example",
      user: "config-user",
      passwordFile: "p.txt",
      serverFingerprint: "AB",
    });
  });

  it("still comes from there beside the lab switch, which contradicts no CA", async () => {
    configure(CONFIG);
    const { caCertificate, allowUnverifiedTls } = await inputsOf({
      server: "vcenter.example",
      allowUnverifiedTls: false,
    });
    assert.deepEqual([caCertificate, allowUnverifiedTls], ["config CA", "false"]);
  });

  it("leaves config's lab switch aside where a CA is given: whoever names one wants it asked", async () => {
    configure({ ...CONFIG, allowUnverifiedTls: "true" });
    const inputs = await inputsOf({ server: "vcenter.example", caCertificateFile: "ca.pem" });
    assert.equal("allowUnverifiedTls" in inputs, false);
  });

  it("never comes from the environment", async () => {
    process.env["VSPHERE_TRUST_AUTHORITY_USER"] = "environment-user";
    try {
      assert.deepEqual(await inputsOf({ server: "vcenter.example" }), { server: "vcenter.example" });
    } finally {
      delete process.env["VSPHERE_TRUST_AUTHORITY_USER"];
    }
  });
});

describe("a mistake in the program", () => {
  it("of two passwords is told by the constructor, and shows neither", () => {
    for (const more of [
      { password: "secret-one", passwordFile: "p.txt" },
      { password: "secret-one", passwordEnv: "P" },
      { passwordFile: "p.txt", passwordEnv: "P" },
    ]) {
      assert.throws(
        () => new TrustAuthorityProvider("ta", { server: "x.example", ...more }),
        (error: unknown) =>
          pulumi.RunError.isInstance(error) &&
          /"ta": give only one of password, passwordFile and passwordEnv/.test(error.message) &&
          !error.message.includes("secret-one"),
      );
    }
    const Untyped = TrustAuthorityProvider as unknown as new (name: string) => TrustAuthorityProvider;
    assert.throws(() => new Untyped("ta"), /TrustAuthorityProvider "ta": server is missing/);
    assert.deepEqual(seen, []);
  });

  it("is told by the compiler where it is one of types", () => {
    const accept = (args: TrustAuthorityProviderArgs): TrustAuthorityProviderArgs => args;
    const mistakes: (() => TrustAuthorityProviderArgs)[] = [
      // @ts-expect-error -- no server
      () => accept({ user: "u" }),
      // @ts-expect-error -- a truth value, not a word
      () => accept({ server: "x.example", allowUnverifiedTls: "yes" }),
      // @ts-expect-error -- no such argument
      () => accept({ server: "x.example", token: "t" }),
    ];
    assert.equal(mistakes.length, 3);
  });
});
