// SPDX-License-Identifier: Apache-2.0
// What is sent, read by those that key servers are made of: OpenSSL, Python with its TLS and its `cryptography`, Go and Java.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import type { Workbench } from "../../fixtures/certificates/openssl";
import { skipUnless } from "../../support/not-here";
import { problemsOf, READERS } from "./readers/index";
import type { Reader } from "./readers/index";

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

  /** Declares a test for each reader, to run after those that add the pairs. */
  declareReaders(): void {
    it("what is sent of all of them is a pair for OpenSSL", () => {
      this.#assertReadByOpenssl();
    });
    for (const reader of READERS) {
      const skip = skipUnless(reader.isHere, `${reader.name} is not here, so nothing was read by it`);
      it(`and for ${reader.name}`, { skip }, () => {
        this.#assertReadBy(reader);
      });
    }
  }

  #assertReadByOpenssl(): void {
    for (const { forms, certificate, key } of this.#files()) {
      const cwd = this.#bench.folder;
      const read = (...args: readonly string[]): string => execFileSync("openssl", args, { cwd, encoding: "utf8" });
      const ofCertificate = read("x509", "-in", certificate, "-noout", "-pubkey");
      assert.equal(read("pkey", "-in", key, "-pubout"), ofCertificate, forms);
    }
  }

  #assertReadBy(reader: Reader): void {
    const files = this.#files();
    const names = files.map(({ certificate, key }) => [certificate, key] as const);
    const problems = problemsOf(reader, this.#bench.folder, names);
    assert.equal(problems.length, files.length);
    for (const [at, problem] of problems.entries()) assert.equal(problem, "", files[at]?.forms);
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
