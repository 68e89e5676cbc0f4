// SPDX-License-Identifier: Apache-2.0
// User and password as editors, shells and Kubernetes write them: cleaned, or refused before anything is sent.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { systemClock } from "../../../provider/src/core/clock";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { readCredentials } from "../../../provider/src/process/credentials";
import { VCenterAccess } from "../../../provider/src/process/vcenter-access";

const PASSWORD = " Hünter2 ";
const BOM = "\ufeff";
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

/** What a file may hold besides the password, and still be clear. */
const CLEAN: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["nothing else", Buffer.from(PASSWORD)],
  ["a line end", Buffer.from(`${PASSWORD}\n`)],
  ["several line ends", Buffer.from(`${PASSWORD}\r\n\r\n\n`)],
  ["a BOM", Buffer.from(`${BOM}${PASSWORD}\r\n`)],
  ["UTF-16LE with BOM", utf16(`${BOM}${PASSWORD}\r\n`)],
  ["UTF-16BE with BOM", utf16(`${BOM}${PASSWORD}\r\n`).swap16()],
];

/** What cannot be a password, and what the error says of it. */
const REFUSED: readonly (readonly [what: string, bytes: Buffer, said: RegExp])[] = [
  ["UTF-16 without BOM", utf16("hunter2\n"), /NUL characters, as UTF-16 text does/],
  ["a NUL", Buffer.from("hunter2\0"), /NUL characters/],
  ["Latin-1", Buffer.from("h\xfcnter2", "latin1"), /not UTF-8 text/],
  ["U+FFFD", Buffer.from("hunter2\ufffd"), /U\+FFFD/],
  ["two lines", Buffer.from("hunter2\nhunter3\n"), /several lines/],
  ["a leading line end", Buffer.from("\nhunter2"), /several lines/],
  ["an escape", Buffer.from("hunter2\u001b[A"), /control characters/],
  ["a second BOM", Buffer.from(`${BOM}${BOM}hunter2`), /byte order mark/],
  ["half a UTF-16 character", Buffer.concat([utf16(`${BOM}hunter2`), Buffer.from([0x41])]), /not UTF-16 text/],
  ["nothing", Buffer.from(""), /is empty/],
  ["line ends alone", Buffer.from("\r\n\n"), /is empty/],
];

describe("the credentials of a login", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "credentials-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const fromFile = (bytes: Buffer): Promise<{ user: string; password: string }> => {
    const file = join(folder, "password");
    writeFileSync(file, bytes);
    const environment = { VSPHERE_TRUST_AUTHORITY_USER: "admin", VSPHERE_TRUST_AUTHORITY_PASSWORD_FILE: file };
    return readCredentials(() => undefined, environment);
  };
  const fromVariables = (user: string, password: string): Promise<{ user: string; password: string }> =>
    readCredentials(() => undefined, {
      VSPHERE_TRUST_AUTHORITY_USER: user,
      VSPHERE_TRUST_AUTHORITY_PASSWORD: password,
    });
  const isRefusal =
    (said: RegExp) =>
    (error: unknown): boolean =>
      isCodedError(error, "ERR_CONFIG_INVALID") &&
      said.test(error.message) &&
      !/hunter|nter2/i.test(JSON.stringify([error.message, error.remedy, error.details]));

  for (const [what, bytes] of CLEAN) {
    it(`keep the password's own blanks and no more if its file holds ${what}`, async () => {
      assert.deepEqual(await fromFile(bytes), { user: "admin", password: PASSWORD });
    });
  }

  for (const [what, bytes, said] of REFUSED) {
    it(`are refused if the password's file holds ${what}`, async () => {
      await assert.rejects(fromFile(bytes), (error) => isRefusal(said)(error) && /PASSWORD_FILE/.test(String(error)));
    });
  }

  it("are kept out of texts also after the password was rotated", async () => {
    const environment = { VSPHERE_TRUST_AUTHORITY_USER: "admin", VSPHERE_TRUST_AUTHORITY_PASSWORD: "first-hunter" };
    const unused = { connect: () => assert.fail("nothing connects"), onBusy: () => undefined };
    const access = new VCenterAccess({ config: () => undefined, environment, clock: systemClock, ...unused });
    const { signal } = new AbortController();
    await access.credentials(signal);
    environment.VSPHERE_TRUST_AUTHORITY_PASSWORD = "second-hunter";
    await access.credentials(signal);
    assert.equal(access.redactor().redact("first-hunter, second-hunter"), "[redacted], [redacted]");
  });

  it("lose the line ends that `echo` put into a Kubernetes secret", async () => {
    assert.deepEqual(await fromVariables("admin@vsphere.local\n", `${BOM}${PASSWORD}\n\n`), {
      user: "admin@vsphere.local",
      password: PASSWORD,
    });
  });

  it("are refused if a variable holds what no keyboard writes", async () => {
    await assert.rejects(fromVariables("admin", "hunter2\ufffd"), isRefusal(/_PASSWORD cannot be a password.*U\+FFFD/));
    await assert.rejects(fromVariables("hunter\u0007", "x"), isRefusal(/_USER cannot be a user name/));
    await assert.rejects(fromVariables("admin", "hunter2\nhunter3"), isRefusal(/several lines/));
  });

  it("are never repeated if the password is given as a path or as a variable's name", async () => {
    const explicit = (more: Record<string, string>): Promise<unknown> =>
      readCredentials((key) => ({ explicitProvider: "true", user: "u", ...more })[key], {});
    for (const [attempt, code, said] of [
      [() => explicit({ passwordFile: "hunter2!" }), "ERR_CONFIG_INVALID", /passwordFile names does not exist/],
      [() => explicit({ passwordEnv: "hunter2!" }), "ERR_CONFIG_INVALID", /passwordEnv is not the name/],
      [() => explicit({ passwordEnv: "constructor" }), "ERR_CONFIG_MISSING", /that passwordEnv names is not set/],
      [() => explicit({ passwordEnv: "hunter2" }), "ERR_CONFIG_MISSING", /that passwordEnv names is not set/],
      [
        () =>
          readCredentials(() => undefined, {
            VSPHERE_TRUST_AUTHORITY_USER: "u",
            VSPHERE_TRUST_AUTHORITY_PASSWORD_FILE: "hunter2",
          }),
        "ERR_CONFIG_INVALID",
        /PASSWORD_FILE names does not exist/,
      ],
    ] as const) {
      await assert.rejects(attempt(), (error) => {
        assert.ok(isCodedError(error, code) && said.test(error.message), String(error));
        assert.doesNotMatch(JSON.stringify([error.message, error.remedy, error.details]), /hunter/);
        return true;
      });
    }
  });

  it("of an explicit provider are asked for by its own arguments", async () => {
    const config = { explicitProvider: "true", server: "a.example", user: "u" } as const;
    const attempt = readCredentials((key) => config[key as keyof typeof config], {
      VSPHERE_TRUST_AUTHORITY_PASSWORD: "ignored",
    });
    await assert.rejects(attempt, (error) => {
      assert.ok(isCodedError(error, "ERR_CONFIG_MISSING"));
      assert.match(error.message, /the TrustAuthorityProvider has no password/);
      assert.match(error.remedy ?? "", /give it password, passwordFile or passwordEnv/);
      assert.doesNotMatch(error.remedy ?? "", /set VSPHERE/);
      return true;
    });
  });
});
