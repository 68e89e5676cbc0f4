// SPDX-License-Identifier: Apache-2.0
// What is sent, read by those that key servers are made of: OpenSSL, and Python with its TLS and its `cryptography`.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Workbench } from "../../fixtures/certificates/openssl";

/** The tests' own environment has `cryptography`; another python may have it. */
const OWN_PYTHON = join(__dirname, "../../../.cache/python-sdk/bin/python");
const READER = join(__dirname, "read-pairs.py");

/** A python that starts; undefined if there is none. */
export const PYTHON: string | undefined = [OWN_PYTHON, "python3"].find(
  (python) => (python === "python3" || existsSync(python)) && spawnSync(python, ["--version"]).status === 0,
);

interface Sent {
  readonly certificate: string;
  readonly key: string;
  /** What it was made of. */
  readonly forms: Set<string>;
}

/** Pairs of certificate and key, each text once: most forms come out as the same. */
export class SentPairs {
  readonly #bench: Workbench;
  readonly #pairs = new Map<string, Sent>();

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  add(form: string, certificate: string, key: string): void {
    const sent = this.#pairs.get(certificate + key) ?? { certificate, key, forms: new Set() };
    this.#pairs.set(certificate + key, sent);
    sent.forms.add(form);
  }

  assertReadByOpenssl(): void {
    for (const { forms, certificate, key } of this.#files()) {
      const cwd = this.#bench.folder;
      const read = (...args: readonly string[]): string => execFileSync("openssl", args, { cwd, encoding: "utf8" });
      const ofCertificate = read("x509", "-in", certificate, "-noout", "-pubkey");
      assert.equal(read("pkey", "-in", key, "-pubout"), ofCertificate, forms);
    }
  }

  assertReadByPython(): void {
    const files = this.#files();
    const input = JSON.stringify(files.map(({ certificate, key }) => [certificate, key]));
    const answer = execFileSync(PYTHON ?? "", [READER], { cwd: this.#bench.folder, encoding: "utf8", input });
    const problems = JSON.parse(answer) as (string | null)[];
    assert.equal(problems.length, files.length);
    for (const [at, problem] of problems.entries()) assert.equal(problem, null, files[at]?.forms);
  }

  #files(): readonly { readonly forms: string; readonly certificate: string; readonly key: string }[] {
    assert.ok(this.#pairs.size > 0, "nothing is sent");
    return [...this.#pairs.values()].map(({ forms, ...pair }, at) => {
      this.#bench.write(`sent-${at}.crt`, pair.certificate);
      this.#bench.write(`sent-${at}.key`, pair.key);
      return { forms: [...forms].join("; "), certificate: `sent-${at}.crt`, key: `sent-${at}.key` };
    });
  }
}
