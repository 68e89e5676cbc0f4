// SPDX-License-Identifier: Apache-2.0
// Those who rotate a certificate: our provider in its real process, a whole `pulumi up`, and a script with VMware's SDK.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readProgram, succeeded } from "../../e2e/scene";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import type { Simulator } from "../../simulator/src/index";
import { startDynamicProvider } from "../../support/dynamic-provider/index";
import { makeStack } from "../../support/engine/index";
import { vcenterEnvironment } from "../../support/vcenter-environment";
import { CHECKOUT, programPath } from "./node-child";

/** Somebody who can bring a certificate to a vCenter, again and again. */
export interface Rotator {
  /** In tables and pictures. */
  readonly label: string;
  /** Brings it there. @returns `performance.now()` when it said that it was done */
  readonly rotate: (to: MadeCertificate) => Promise<number>;
  readonly close: () => Promise<void>;
}

const PROVIDER_TEXT = readFileSync(join(CHECKOUT, "test/golden/provider-text.txt"), "utf8").trimEnd();
const SDK_PROGRAM = join(CHECKOUT, "test/simulator/test/python-sdk/replace_certificate.py");

/** `update` over gRPC on the real provider process, as the engine calls it. @param first - what is there at the start */
export async function startOurUpdate(simulator: Simulator, first: MadeCertificate): Promise<Rotator> {
  const { cluster, keyProvider } = simulator;
  const provider = await startDynamicProvider({ cwd: CHECKOUT, environment: vcenterEnvironment(simulator) });
  await provider.configure({});
  const inputsOf = (pair: MadeCertificate): Record<string, string> => ({
    cluster,
    keyProvider,
    certificate: pair.certificatePem,
    privateKey: pair.privateKeyPem,
    __provider: PROVIDER_TEXT,
  });
  const { id, properties } = await provider.create(inputsOf(first));
  let olds = properties;
  return {
    label: "ours, the provider's update",
    rotate: async (to) => {
      olds = await provider.update(id, olds, inputsOf(to));
      return performance.now();
    },
    close: async () => {
      await provider.stop();
    },
  };
}

/** `pulumi up` from its start to its end. @param first - what is there at the start */
export async function startPulumiUp(simulator: Simulator, first: MadeCertificate): Promise<Rotator> {
  const { cluster, keyProvider } = simulator;
  const stack = await makeStack({ program: { "index.js": readProgram("declare.js") }, simulator });
  const declare = (pair: MadeCertificate): Promise<void> =>
    stack.writeFiles({
      "key.pem": pair.privateKeyPem,
      "resources.json": JSON.stringify([
        {
          name: "certificate",
          args: { cluster, keyProvider, certificate: pair.certificatePem, privateKeyFile: "key.pem" },
        },
      ]),
    });
  await declare(first);
  await succeeded(stack.up());
  return {
    label: "ours, a whole `pulumi up`",
    rotate: async (to) => {
      await declare(to);
      await succeeded(stack.up());
      return performance.now();
    },
    close: () => stack.remove(),
  };
}

/**
 * A script with VMware's Python SDK that looks at the task each second.
 *
 * @param python - of the environment that has the SDK
 * @param readBack - whether it also reads the certificate back
 */
export function pythonScript(simulator: Simulator, python: string, readBack: boolean): Rotator {
  const { url, caFile, user, password, cluster, keyProvider } = simulator;
  const given = { url, caFile, user, password, cluster, keyProvider, script: SDK_PROGRAM, readBack };
  return {
    label: readBack ? "Python SDK, with a read-back" : "Python SDK",
    rotate: (to) =>
      new Promise((resolve, reject) => {
        const child = spawn(python, [programPath("rotate.py")]);
        let doneMs = NaN;
        let stderr = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          if (text.includes("done")) doneMs = performance.now();
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.once("error", reject);
        child.once("close", (status) => {
          if (status === 0) resolve(doneMs);
          else reject(new Error(`the script ended with ${String(status)}:\n${stderr}`));
        });
        child.stdin.end(JSON.stringify({ ...given, certificate: to.certificatePem, privateKey: to.privateKeyPem }));
      }),
    close: () => Promise.resolve(),
  };
}
