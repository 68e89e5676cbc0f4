// SPDX-License-Identifier: Apache-2.0
// Where to go and who goes there: the matrix of config, environment and explicit provider.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CodedError } from "../../../provider/src/core/coded-error";
import { isCodedError } from "../../../provider/src/core/coded-error";
import type { Where } from "../../../provider/src/process/settings";
import { missing } from "../../../provider/src/process/setting-values";
import { resolveWhere } from "../../../provider/src/process/settings";
import { resolveWho } from "../../../provider/src/process/who";

type Values = Readonly<Record<string, string>>;

const FINGERPRINT = "AB".repeat(32);
const COLONS = Array.from({ length: 32 }, () => "AB").join(":");

function environmentOf(values: Values): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`VSPHERE_TRUST_AUTHORITY_${name}`, value]));
}

function where(config: Values, environment: Values = {}): Where {
  const resolved = resolveWhere((key) => config[key], environmentOf(environment));
  assert.ok("where" in resolved, JSON.stringify(resolved));
  return resolved.where;
}

function problems(config: Values, environment: Values = {}): readonly CodedError[] {
  const resolved = resolveWhere((key) => config[key], environmentOf(environment));
  assert.ok("problems" in resolved, JSON.stringify(resolved));
  return resolved.problems;
}

const who = (config: Values, environment: Values = {}, more: NodeJS.ProcessEnv = {}): ReturnType<typeof resolveWho> =>
  resolveWho((key) => config[key], { ...environmentOf(environment), ...more });

describe("where to go", () => {
  it("is read from config or from the environment, or from both where they say the same", () => {
    assert.equal(where({ server: "a.example" }).address.authority, "a.example");
    assert.equal(where({}, { SERVER: "a.example" }).address.authority, "a.example");
    assert.equal(where({ server: "https://A.example:443/" }, { SERVER: " a.example" }).address.authority, "a.example");
  });

  it("is an error where config and environment differ, whichever setting it is", () => {
    for (const [config, environment] of [
      [{ server: "a.example" }, { SERVER: "b.example" }],
      [{ server: "a.example" }, { SERVER: "a.example:8443" }],
      [{ server: "a", serverFingerprint: FINGERPRINT }, { SERVER_FINGERPRINT: "CD".repeat(32) }],
      [{ server: "a", allowUnverifiedTls: "true" }, { ALLOW_UNVERIFIED_TLS: "false" }],
      [{ server: "a", caCertificate: "x" }, { CA_CERTIFICATE: "y" }],
      [{ server: "a", caCertificateFile: "x" }, { CA_CERTIFICATE_FILE: "y" }],
      [{ server: "a", caCertificateFile: "x" }, { CA_CERTIFICATE: "x" }],
    ] as [Values, Values][]) {
      const [problem, ...more] = problems(config, environment);
      assert.equal(more.length, 0);
      assert.equal(problem?.code, "ERR_CONFIG_INVALID");
      assert.match(problem.message, /stack config \(vsphere-trust-authority:\w+\) and environment .* differ/);
    }
  });

  it("takes the same fingerprint in any of its notations for the same", () => {
    for (const text of [
      FINGERPRINT,
      COLONS,
      COLONS.toLowerCase(),
      `sha256 Fingerprint=${COLONS}`,
      `SHA256:${FINGERPRINT}`,
    ]) {
      assert.equal(
        where({ server: "a", serverFingerprint: text }, { SERVER_FINGERPRINT: COLONS }).fingerprint,
        COLONS,
        text,
      );
    }
    for (const text of ["AB", `${FINGERPRINT}AB`, "Z".repeat(64), "AB:".repeat(20)]) {
      assert.match(problems({ server: "a", serverFingerprint: text })[0]?.message ?? "", /64 hexadecimal digits/);
    }
  });

  it("takes empty and blank values for unset ones", () => {
    assert.equal(where({ server: " " }, { SERVER: "a.example" }).address.authority, "a.example");
    const resolved = where(
      { server: "a", caCertificate: "", serverFingerprint: " " },
      { CA_CERTIFICATE: "", SERVER: "" },
    );
    assert.deepEqual([resolved.ca, resolved.fingerprint, resolved.allowUnverifiedTls], [undefined, undefined, false]);
  });

  it("names both ways to set a server that is missing", () => {
    const [problem] = problems({});
    assert.equal(problem?.code, "ERR_CONFIG_MISSING");
    assert.match(
      problem.remedy ?? "",
      /VSPHERE_TRUST_AUTHORITY_SERVER.*pulumi config set vsphere-trust-authority:server/,
    );
  });

  it("reports every problem at once", () => {
    const found = problems({
      server: "http://a",
      serverFingerprint: "x",
      allowUnverifiedTls: "yes",
      caCertificate: "c",
      caCertificateFile: "f",
    });
    assert.equal(found.length, 4);
    assert.ok(found.every(({ code }) => code === "ERR_CONFIG_INVALID"));
  });

  it("refuses a CA together with a pin, and a CA given twice", () => {
    assert.match(
      problems({ server: "a", caCertificate: "c", serverFingerprint: FINGERPRINT })[0]?.message ?? "",
      /both a CA/,
    );
    assert.match(
      problems({ server: "a", caCertificate: "c" }, { SERVER_FINGERPRINT: FINGERPRINT })[0]?.message ?? "",
      /both a CA/,
    );
    assert.match(
      problems({ server: "a" }, { CA_CERTIFICATE: "c", CA_CERTIFICATE_FILE: "f" })[0]?.message ?? "",
      /both/,
    );
  });

  it("is never the text of a CA given as its path, nor a path with the line end of a command", () => {
    const [problem] = problems({ server: "a", caCertificateFile: "-----BEGIN CERTIFICATE-----\nMIIB" });
    assert.match(problem?.message ?? "", /caCertificateFile is not a path: it holds the text of a PEM block/);
    assert.match(problem?.remedy ?? "", /for the text use caCertificate$/);
    assert.deepEqual(where({ server: "a" }, { CA_CERTIFICATE_FILE: "/ca.pem\n" }).ca, { file: "/ca.pem" });
  });

  it("reads true and false in any case, and nothing else", () => {
    assert.equal(where({ server: "a", allowUnverifiedTls: " TRUE " }).allowUnverifiedTls, true);
    assert.equal(where({ server: "a" }, { ALLOW_UNVERIFIED_TLS: "False" }).allowUnverifiedTls, false);
    for (const text of ["1", "yes", "on", "truee"])
      assert.equal(problems({ server: "a", allowUnverifiedTls: text }).length, 1);
  });

  it("of an explicit provider is never taken from the environment", () => {
    const explicit = { explicitProvider: "true", server: "a.example" };
    const resolved = where(explicit, { SERVER: "b.example", CA_CERTIFICATE: "c", ALLOW_UNVERIFIED_TLS: "true" });
    assert.deepEqual(
      [resolved.address.authority, resolved.ca, resolved.allowUnverifiedTls],
      ["a.example", undefined, false],
    );
    assert.equal(problems({ explicitProvider: "true" }, { SERVER: "b.example" })[0]?.code, "ERR_CONFIG_MISSING");
    assert.equal(
      where({ server: "a.example", explicitProvider: "false" }, { CA_CERTIFICATE: "c" }).ca !== undefined,
      true,
    );
  });

  it("is not read from the variables that name the workload vCenter", () => {
    const resolved = resolveWhere(() => undefined, { VSPHERE_SERVER: "w.example", VCENTER_SERVER: "w.example" });
    assert.ok("problems" in resolved);
  });
});

describe("who goes there", () => {
  it("is read from the environment before the config, so that a rotated password is seen", () => {
    assert.deepEqual(who({ user: "c", password: "cp" }, { USER: "e", PASSWORD: "ep" }), {
      user: "e",
      password: { text: "ep", name: "VSPHERE_TRUST_AUTHORITY_PASSWORD" },
    });
    assert.deepEqual(who({ user: "c", password: "cp" }), { user: "c", password: { text: "cp", name: "password" } });
    assert.deepEqual(who({ user: "c", password: "cp" }, { PASSWORD_FILE: "/f" }), {
      user: "c",
      password: { file: "/f", name: "VSPHERE_TRUST_AUTHORITY_PASSWORD_FILE" },
    });
    assert.deepEqual(who({ user: "c", password: "cp" }, { USER: "", PASSWORD: " " }), {
      user: "c",
      password: { text: "cp", name: "password" },
    });
    assert.deepEqual(who({}), { user: undefined, password: undefined });
  });

  it("is an error where the environment gives the password twice", () => {
    assert.throws(
      () => who({}, { PASSWORD: "p", PASSWORD_FILE: "f" }),
      (error) => isCodedError(error, "ERR_CONFIG_INVALID") && /PASSWORD and .*PASSWORD_FILE/.test(error.message),
    );
  });

  it("keeps a password's blanks", () => {
    assert.deepEqual(who({}, { PASSWORD: " p " }).password, { text: " p ", name: "VSPHERE_TRUST_AUTHORITY_PASSWORD" });
  });

  it("of an explicit provider comes from its own settings, with the password by value, file or variable", () => {
    const marker = { explicitProvider: "true", user: "u" };
    const leftover = { USER: "e", PASSWORD: "ep" };
    assert.deepEqual(who({ ...marker, password: "p" }, leftover), {
      user: "u",
      password: { text: "p", name: "password" },
    });
    assert.deepEqual(who({ ...marker, passwordFile: "/f" }, leftover).password, { file: "/f", name: "passwordFile" });
    assert.deepEqual(who({ ...marker, passwordEnv: "EAST" }, leftover, { EAST: "from east" }).password, {
      text: "from east",
      name: "the variable that passwordEnv names",
    });
    assert.throws(
      () => who({ ...marker, passwordEnv: "EAST" }, leftover),
      /variable that passwordEnv names is not set/,
    );
    assert.deepEqual(who(marker, leftover).password, undefined);
  });

  it("says how to store a password as a secret", () => {
    assert.match(missing("password", "PASSWORD").remedy ?? "", /vsphere-trust-authority:password --secret/);
  });
});
