// SPDX-License-Identifier: Apache-2.0
// A real key server for the tests: PyKMIP, which speaks KMIP over TLS 1.2 and accepts client certificates of its own CA that
// are marked for client authentication.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CertificateAuthority } from "../../fixtures/certificates/make";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import { installPyKmip } from "./installation";

/** A running key server. */
export interface KeyServer {
  readonly host: string;
  readonly port: number;
  /** Who signs its certificate, and those of its clients. */
  readonly ca: CertificateAuthority;
  /** Ends it, with all that it has started. */
  readonly end: () => void;
}

const HOST = "127.0.0.1";
/** Python and its libraries are loaded within this time on a busy machine, milliseconds. */
const STARTS_WITHIN_MS = 60_000;

/** Runs the server; the group ends also if this process is killed, which closes the pipe. */
const MAIN = `
import os, threading
from kmip.services.server.server import main
threading.Thread(target=lambda: os.read(0, 1) or os.killpg(0, 9), daemon=True).start()
main()
`;

/** Starts a key server; returns when it accepts connections. */
export async function startKeyServer(): Promise<KeyServer> {
  const python = await installPyKmip();
  const ca = await makeCa({ subject: "CN=Key Server CA" });
  const folder = mkdtempSync(join(tmpdir(), "key-server-"));
  const port = await freePort();
  await writeSettings(folder, port, ca);
  // Its own group, because it has a child process that holds its policies.
  const args = ["-c", MAIN, "-f", join(folder, "server.conf"), "-l", join(folder, "server.log")];
  const child = spawn(python, args, { cwd: folder, detached: true, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const end = (): void => {
    process.off("exit", end);
    try {
      // At once: when told to stop it first waits ten seconds for the next connection.
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is gone.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);
  try {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (!(await isOpen(port))) {
      if (child.exitCode !== null) throw new Error(`PyKMIP ended with ${child.exitCode}: ${said.slice(-600)}`);
      if (Date.now() > deadline) {
        throw new Error(`PyKMIP did not listen in time: ${said}${readFileSync(join(folder, "server.log"), "utf8")}`);
      }
      await sleep(100);
    }
  } catch (error) {
    end();
    throw error;
  }
  return { host: HOST, port, ca, end };
}

async function writeSettings(folder: string, port: number, ca: CertificateAuthority): Promise<void> {
  const own = await makeCertificate({
    ca,
    subject: "CN=key-server",
    eku: ["serverAuth"],
    ipAddresses: [HOST],
  });
  const files = { "ca.pem": ca.certificatePem, "server.pem": own.certificatePem, "server.key": own.privateKeyPem };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const settings = {
    hostname: HOST,
    port,
    certificate_path: join(folder, "server.pem"),
    key_path: join(folder, "server.key"),
    ca_path: join(folder, "ca.pem"),
    auth_suite: "TLS1.2",
    policy_path: folder,
    enable_tls_client_auth: "True",
    logging_level: "INFO",
    database_path: join(folder, "keys.db"),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, "server.conf"), `[server]\n${lines.join("")}`);
}

/** PyKMIP takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
