// SPDX-License-Identifier: Apache-2.0
// A Java key store, as keytool writes it, is refused with a command; what the command makes of it is taken.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { chooseCertificate } from "../../../provider/src/x509/choose-certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { bench, makePair, PASSPHRASE, secretPkcs12 } from "./pair-files";

const HAS_KEYTOOL = spawnSync("sh", ["-c", "command -v keytool"]).status === 0;
/** For what keytool asks otherwise. */
const ANSWERS = `-noprompt -srcstorepass ${PASSPHRASE} -deststorepass ${PASSPHRASE}`;

after(() => {
  bench.remove();
});

it("a key store of Java", { skip: !HAS_KEYTOOL && "no keytool here" }, async () => {
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
