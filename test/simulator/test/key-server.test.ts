// SPDX-License-Identifier: Apache-2.0
// The hosts and a real key server: they connect with the certificate and the key that they hold whenever the health is read,
// and what comes of it is the health. The bytes of the messages were written by PyKMIP 0.11.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Server, TLSSocket } from "node:tls";
import { createServer } from "node:tls";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import type { TlsIdentity } from "../src/tls-certificates";
import { makeTlsIdentity, tlsOptions } from "../src/tls-certificates";
import { makePair, signCsr } from "./client-certificates";
import { certificatePath, finalInfo, plain, providerPath, providersPath, withSession } from "./plain-client";

const REQUEST =
  "42007801000000604200770100000038420069010000002042006a0200000004000000010000000042006b0200000004000000020000000042000d0200000004000000010000000042000f010000001842005c05000000040000001e000000004200790100000000";
const ACCEPTED =
  "42007b01000000a842007a0100000048420069010000002042006a0200000004000000010000000042006b020000000400000002000000004200920900000008000000006553f10042000d0200000004000000010000000042000f010000005042005c05000000040000001e0000000042007f0500000004000000000000000042007c0100000028420069010000002042006a0200000004000000010000000042006b02000000040000000200000000";
const REFUSED =
  "42007b01000000a842007a0100000048420069010000002042006a0200000004000000010000000042006b020000000400000000000000004200920900000008000000006b08b33942000d0200000004000000010000000042000f010000005042007f0500000004000000010000000042007e0500000004000000030000000042007d07000000274572726f7220766572696679696e672074686520636c69656e742063657274696669636174652e00";

type Headers = Record<string, string>;
interface Status {
  readonly health: string;
  readonly details: readonly { readonly default_message: string }[];
  readonly servers: readonly Record<string, unknown>[];
}

describe("the health of a key provider with a real key server", () => {
  let identity: TlsIdentity;
  let door: Server;
  let simulator: Simulator;
  let answer: (socket: TLSSocket) => void;
  /** Of each connection: the client certificate's fingerprint, and the request. */
  const seen: { client: string; request: string }[] = [];

  before(async () => {
    identity = await makeTlsIdentity("good");
    const options = { ...tlsOptions(identity, "good"), requestCert: true, rejectUnauthorized: false };
    door = createServer(options, (socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (request: Buffer) => {
        seen.push({ client: socket.getPeerCertificate().fingerprint256, request: request.toString("hex") });
        answer(socket);
      });
    }).listen(0, "127.0.0.1");
    await once(door, "listening");
    const { port } = door.address() as AddressInfo;
    const keyServer = { host: "127.0.0.1", port, caPem: identity.caPem };
    simulator = await startSimulator({ keyServer, csrKey: "ec", taskDurationMs: 5 });
  });
  beforeEach(() => {
    seen.length = 0;
    answer = replies(ACCEPTED);
  });
  after(async () => {
    door.close();
    await simulator.close();
  });

  const replies =
    (hex: string) =>
    (socket: TLSSocket): void => {
      // In two parts, as a network may deliver it.
      socket.write(Buffer.from(hex.slice(0, 30), "hex"));
      setTimeout(() => socket.write(Buffer.from(hex.slice(30), "hex")), 10);
    };
  const send = async (headers: Headers, method: string, path: string, body?: unknown): Promise<unknown> => {
    const info = await finalInfo(simulator, await plain(simulator, method, path, { headers, body }), headers);
    assert.equal(info["status"], "SUCCEEDED", JSON.stringify(info));
    return info["result"];
  };
  const readInfo = async (headers: Headers, of = simulator): Promise<{ status: Status; key_server: unknown }> => {
    const accepted = await plain(of, "GET", `${providerPath(of)}?vmw-task=true`, { headers });
    return (await finalInfo(of, accepted, headers))["result"] as { status: Status; key_server: unknown };
  };
  const readStatus = async (headers: Headers, of = simulator): Promise<Status> => (await readInfo(headers, of)).status;
  const trusts = ({ servers: [server] }: Status): unknown => [
    server?.["health"],
    server?.["client_trust_server"],
    server?.["server_trust_client"],
  ];
  const said = ({ details }: Status): string => details.map((each) => each.default_message).join("; ");
  const liveFingerprint = (): string => new X509Certificate(simulator.certificate() ?? "").fingerprint256;

  it("is OK if the server answers Discover Versions, whoever made the key of the certificate", async () => {
    await withSession(simulator, async (headers) => {
      const { certificate, privateKey } = await makePair();
      const csr = `${providerPath(simulator)}/client-certificate/csr?vmw-task=true`;
      const ways = {
        "made at the start": () => Promise.resolve(),
        "uploaded with its key": async () =>
          send(headers, "PATCH", certificatePath(simulator), { certificate, private_key: privateKey }),
        "self-signed by the hosts": async () => send(headers, "POST", certificatePath(simulator)),
        "signed from a CSR": async () => {
          const { csr: request } = (await send(headers, "POST", csr)) as { csr: string };
          await send(headers, "PATCH", certificatePath(simulator), { certificate: await signCsr(request) });
        },
      };
      for (const [way, install] of Object.entries(ways)) {
        await install();
        seen.length = 0;
        const status = await readStatus(headers);
        assert.deepEqual([said(status), ...(trusts(status) as unknown[])], ["", "OK", true, true], way);
        assert.deepEqual(seen, [{ client: liveFingerprint(), request: REQUEST }], way);
      }
    });
  });

  it("is ERROR with the server's own reason if it refuses, and names the server", async () => {
    await withSession(simulator, async (headers) => {
      answer = replies(REFUSED);
      const { status, key_server: server } = await readInfo(headers);
      assert.equal(status.health, "ERROR");
      assert.match(said(status), /AUTHENTICATION_NOT_SUCCESSFUL: Error verifying the client certificate\.$/);
      assert.deepEqual(trusts(status), ["ERROR", true, false]);
      assert.match(JSON.stringify(server), /"hostname":"127\.0\.0\.1"/);
      const listed = await send(headers, "GET", `${providersPath(simulator)}?vmw-task=true`);
      assert.deepEqual(listed, [{ provider: "kms-1", health: "ERROR" }]);
    });
  });

  it("is ERROR if the server hangs up, or does not speak KMIP", async () => {
    await withSession(simulator, async (headers) => {
      answer = (socket) => socket.destroy();
      assert.match(said(await readStatus(headers)), /failed: (it was closed without an answer|read ECONNRESET)$/);
      answer = replies("4200000100000000");
      assert.match(said(await readStatus(headers)), /not KMIP/);
    });
  });

  it("is ERROR if the hosts do not trust the server", async () => {
    const { port } = door.address() as AddressInfo;
    const { caPem } = await makeTlsIdentity("good");
    const other = await startSimulator({ keyServer: { host: "127.0.0.1", port, caPem }, taskDurationMs: 5 });
    try {
      await withSession(other, async (headers) => {
        const status = await readStatus(headers, other);
        assert.deepEqual([seen.length, ...(trusts(status) as unknown[])], [0, "ERROR", false, false]);
      });
    } finally {
      await other.close();
    }
  });

  it("is without a connection what a person has set, and ERROR if the hosts do not have the key", async () => {
    await withSession(simulator, async (headers) => {
      simulator.setHealth("WARNING");
      assert.equal((await readStatus(headers)).health, "WARNING");
      simulator.setHealth(undefined);
      simulator.setCertificate((await makePair()).certificate);
      assert.match(said(await readStatus(headers)), /do not have the key/);
      simulator.setCertificate(null);
      assert.match(said(await readStatus(headers)), /no client certificate/);
      assert.deepEqual(seen, []);
    });
  });
});
