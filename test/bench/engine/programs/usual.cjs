// SPDX-License-Identifier: Apache-2.0
// Declares what resources.json lists as guides and blog posts do it: a provider class beside the resource, a new provider
// in each constructor, everything captured by value. It holds the requests that such a provider needs, so that what is
// captured has its usual size, but sends none: without TRIAL_SERVER it keeps the inputs.
"use strict";

const pulumi = require("@pulumi/pulumi");
const crypto = require("crypto");
const https = require("https");

const FAMILY = "/api/vcenter/trusted-infrastructure/trust-authority-clusters";

function fingerprintOf(pem) {
  const body = pem.replace(/-----[A-Z ]+-----|\s/g, "");
  const hex = crypto.createHash("sha256").update(Buffer.from(body, "base64")).digest("hex").toUpperCase();
  return hex.match(/../g).join(":");
}

function send(connection, method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const options = { host: connection.server, ca: connection.ca, method, path, headers, timeout: 30000 };
    const request = https.request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => {
        if (response.statusCode >= 400) reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        else resolve(text === "" ? undefined : JSON.parse(text));
      });
    });
    request.on("timeout", () => request.destroy(new Error(`${method} ${path} timed out`)));
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function waitForTask(connection, session, task) {
  for (;;) {
    const info = await send(connection, "GET", `/api/cis/tasks/${task}`, { "vmware-api-session-id": session });
    if (info.status === "SUCCEEDED") return info.result;
    if (info.status === "FAILED") throw new Error(`task ${task} failed: ${JSON.stringify(info.error)}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function replace(connection, inputs) {
  const login = Buffer.from(`${connection.user}:${connection.password}`).toString("base64");
  const session = await send(connection, "POST", "/api/session", { authorization: `Basic ${login}` });
  try {
    const { cluster, keyProvider, certificate, privateKeyFile } = inputs;
    const privateKey = require("fs").readFileSync(privateKeyFile, "utf8");
    const path = `${FAMILY}/${cluster}/kms/providers/${encodeURIComponent(keyProvider)}/client-certificate?vmw-task=true`;
    const headers = { "vmware-api-session-id": session, "content-type": "application/json" };
    const task = await send(connection, "PATCH", path, headers, { certificate, private_key: privateKey });
    await waitForTask(connection, session, task);
  } finally {
    await send(connection, "DELETE", "/api/session", { "vmware-api-session-id": session });
  }
}

class CertificateProvider {
  constructor() {
    this.connection = { server: process.env.TRIAL_SERVER, user: process.env.TRIAL_USER, ca: process.env.TRIAL_CA };
  }

  async check(olds, news) {
    const failures = [];
    for (const property of ["cluster", "keyProvider", "certificate"]) {
      if (!news[property]) failures.push({ property, reason: `${property} is missing` });
    }
    return { inputs: news, failures };
  }

  async diff(id, olds, news) {
    const replaces = ["cluster", "keyProvider"].filter((property) => olds[property] !== news[property]);
    const changed = olds.sha256Fingerprint !== fingerprintOf(news.certificate);
    return { changes: changed || replaces.length > 0, replaces };
  }

  async create(inputs) {
    return { id: `${inputs.cluster}/${inputs.keyProvider}`, outs: await this.apply(inputs) };
  }

  async update(id, olds, news) {
    return { outs: await this.apply(news) };
  }

  async apply(inputs) {
    if (this.connection.server) await replace(this.connection, inputs);
    return { ...inputs, sha256Fingerprint: fingerprintOf(inputs.certificate) };
  }
}

class Certificate extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(new CertificateProvider(), name, { ...args, sha256Fingerprint: undefined });
  }
}

for (const { name, args } of require("./resources.json")) new Certificate(name, args);
