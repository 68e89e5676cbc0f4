// SPDX-License-Identifier: Apache-2.0
// A Java key store, as keytool writes it, is refused with a command; what the command makes of it is taken. Of several entries
// the one is meant to which the certificate belongs.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { Redactor } from "../../../provider/src/core/redact";
import { GivenPair, NotKnownYet } from "../../../provider/src/resources/kms-client-certificate/given-pair";
import { INPUTS } from "../../../provider/src/resources/kms-client-certificate/inputs";
import type { KmsClientCertificateInputs as Inputs } from "../../../provider/src/resources/kms-client-certificate/inputs";
import { UNKNOWN } from "../../../provider/src/resources/decode-inputs";
import type { Known } from "../../../provider/src/resources/decode-inputs";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { chooseCertificate } from "../../../provider/src/x509/choose-certificate";
import { parsePrivateKey, privateKeyMatches } from "../../../provider/src/x509/private-key";
import { skipUnless } from "../../support/not-here";
import { bench, makePair, PASSPHRASE, secretPkcs12 } from "./pair-files";

const HAS_KEYTOOL = spawnSync("sh", ["-c", "command -v keytool"]).status === 0;
/** For what keytool asks otherwise. */
const ANSWERS = `-noprompt -srcstorepass ${PASSPHRASE} -deststorepass ${PASSPHRASE}`;

const NO_INPUTS = Object.fromEntries(Object.keys(INPUTS).map((name) => [name, undefined])) as unknown as Known<Inputs>;

it("a key store of Java", { skip: skipUnless(HAS_KEYTOOL, "no keytool here") }, async () => {
  const pair = await makePair("p256");
  bench.write("pair.p12", secretPkcs12());
  bench.shell(`keytool -importkeystore -srckeystore pair.p12 -destkeystore k.jks -deststoretype JKS ${ANSWERS}`);
  const store = bench.read("k.jks");
  const commands = [() => parseCertificates(store, PASSPHRASE), () => parsePrivateKey(store, PASSPHRASE)].map(
    (read) => {
      try {
        read();
      } catch (error) {
        assert.ok(isCodedError(error, "ERR_PEM_INVALID"), String(error));
        assert.match(error.message, /Java key store/);
        return /`(keytool [^`]*)`/.exec(error.remedy ?? "")?.[1];
      }
      return assert.fail("it was accepted");
    },
  );
  const [command] = commands;
  assert.ok(command !== undefined && commands[1] === command);
  bench.shell(`${command.replaceAll("FILE", "k.jks")} ${ANSWERS}`);
  const converted = bench.read("k.jks.p12");
  assert.equal(chooseCertificate(parseCertificates(converted, PASSPHRASE).certificates).leaf.pem, pair.leaf);
  assert.equal(parsePrivateKey(converted, PASSPHRASE).pem, pair.key);
});

it("a PKCS#12 of Java with several entries", { skip: skipUnless(HAS_KEYTOOL, "no keytool here") }, async () => {
  const pair = await makePair("p256");
  bench.write("pair.p12", secretPkcs12());
  const store = `-storetype PKCS12 -storepass ${PASSPHRASE}`;
  bench.shell(`keytool -genkeypair -alias other -keyalg RSA -dname CN=other -keystore two.p12 ${store}`);
  bench.shell(`keytool -importkeystore -srckeystore pair.p12 -destkeystore two.p12 ${ANSWERS}`);
  const given = (certificate: Partial<Known<Inputs>>, news = {}): GivenPair =>
    new GivenPair(
      { ...NO_INPUTS, privateKeyFile: bench.path("two.p12"), passphrase: PASSPHRASE, ...certificate },
      {
        environment: {},
        redactor: new Redactor(),
        news,
      },
    );
  for (const certificate of [pair.leaf, pair.ca + pair.leaf]) {
    assert.equal((await given({ certificate }).privateKey())?.pem, pair.key);
  }
  const both = given({ certificateFile: bench.path("two.p12") }).privateKey();
  await assert.rejects(both, {
    code: "ERR_PEM_INVALID",
    message: /holds 2 private keys/,
    remedy: /it tells which key/,
  });
  await assert.rejects(given({}, { certificate: UNKNOWN }).privateKey(), NotKnownYet);
  // The check of the pair tells what is wrong.
  const unrelated = parseCertificates(pair.ca).certificates;
  const key = parsePrivateKey(bench.read("two.p12"), PASSPHRASE, unrelated);
  assert.equal(
    unrelated.some((each) => privateKeyMatches(each, key)),
    false,
  );
});
