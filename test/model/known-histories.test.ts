// SPDX-License-Identifier: Apache-2.0
// The histories by name hold, each as a test of its own.

import { before, describe, it } from "node:test";
import { makeCertificates } from "./certificates";
import type { Certificates } from "./certificates";
import { KNOWN } from "./known-histories";
import { play } from "./play";
import { loadProvider } from "./provider-modules";

describe("a history by name", () => {
  let certificates: Certificates;

  before(async () => {
    certificates = await makeCertificates();
  });

  for (const [name, history] of Object.entries(KNOWN))
    it(`holds: ${name}`, () => play(history, certificates, loadProvider()));
});
