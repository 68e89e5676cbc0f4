// SPDX-License-Identifier: Apache-2.0
// Server addresses as people write them, and which proxy the environment names for them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../../provider/src/core/coded-error";
import { parseServerAddress } from "../../../../provider/src/vsphere/http/address";
import { proxyFor } from "../../../../provider/src/vsphere/http/proxy";

describe("the server's address", () => {
  for (const [written, host, port, authority] of [
    ["vcenter.example.com", "vcenter.example.com", 443, "vcenter.example.com"],
    ["  VCenter.Example.COM  ", "vcenter.example.com", 443, "vcenter.example.com"],
    ["https://vcenter.example.com", "vcenter.example.com", 443, "vcenter.example.com"],
    ["https://vcenter.example.com/", "vcenter.example.com", 443, "vcenter.example.com"],
    ["HTTPS://vcenter.example.com:443", "vcenter.example.com", 443, "vcenter.example.com"],
    ["vcenter.example.com:8443", "vcenter.example.com", 8443, "vcenter.example.com:8443"],
    ["10.0.0.1:9443", "10.0.0.1", 9443, "10.0.0.1:9443"],
    ["[2001:DB8::1]", "2001:db8::1", 443, "[2001:db8::1]"],
    ["[2001:db8::1]:8443", "2001:db8::1", 8443, "[2001:db8::1]:8443"],
    ["bücher.example", "xn--bcher-kva.example", 443, "xn--bcher-kva.example"],
  ] as const) {
    it(`reads ${written.trim()}`, () => {
      assert.deepEqual(parseServerAddress(written), { host, port, authority });
    });
  }

  for (const [written, why] of [
    ["", /is no host/],
    ["http://vcenter.example.com", /over https/],
    ["ftp://vcenter.example.com", /over https/],
    ["vcenter.example.com/sdk", /path/],
    ["https://vcenter.example.com/?a=b", /path, a query/],
    ["vcenter.example.com#x", /path, a query/],
    ["vcenter .example.com", /is no host|spaces/],
    ["vcenter.example.com:70000", /is no host/],
    ["vcenter.example.com:0", /port 0/],
    ["vcenter.example.com\\sdk", /spaces|path/],
    ["2001:db8::1", /is no host/],
  ] as const) {
    it(`refuses "${written}" with its reason`, () => {
      assert.throws(
        () => parseServerAddress(written),
        (error) => isCodedError(error, "ERR_CONFIG_INVALID") && why.test(error.message),
      );
    });
  }

  it("refuses a password in the address without repeating it", () => {
    for (const written of [
      "https://admin:hunter2secret@vcenter.example.com",
      "admin:hunter2secret@vcenter.example.com",
      "http://admin:hunter2secret@vcenter.example.com",
      "https://admin:hunter2/secret@vcenter.example.com",
      "admin:hunter2/secret@vcenter.example.com:8443",
    ]) {
      assert.throws(
        () => parseServerAddress(written),
        (error) => isCodedError(error, "ERR_CONFIG_INVALID") && !error.message.includes("hunter2"),
        written,
      );
    }
  });

  it("reads what it has written as the same address, and fails in one way only", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webAuthority(),
          fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([name, port]) => `${name}:${port}`),
          fc.string(),
        ),
        (written) => {
          try {
            const address = parseServerAddress(written);
            assert.deepEqual(parseServerAddress(address.authority), address);
            assert.deepEqual(parseServerAddress(`https://${address.authority}`), address);
            assert.equal(address.authority, address.authority.toLowerCase());
          } catch (error) {
            assert.ok(isCodedError(error, "ERR_CONFIG_INVALID"), String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the proxy that the environment names", () => {
  const address = parseServerAddress("vc.lab.example.com:8443");
  const proxy = "http://proxy.example.com:3128";

  it("is none where HTTPS_PROXY is not set or empty, and HTTP_PROXY does not count", () => {
    assert.equal(proxyFor(address, {}), undefined);
    assert.equal(proxyFor(address, { HTTPS_PROXY: "", https_proxy: "" }), undefined);
    assert.equal(proxyFor(address, { HTTP_PROXY: proxy, http_proxy: proxy }), undefined);
  });

  it("is read from HTTPS_PROXY, the lower-case name first, with http:// where there is no scheme", () => {
    assert.equal(proxyFor(address, { HTTPS_PROXY: proxy })?.host, "proxy.example.com:3128");
    assert.equal(proxyFor(address, { HTTPS_PROXY: proxy, https_proxy: "http://other:1" })?.host, "other:1");
    assert.equal(proxyFor(address, { HTTPS_PROXY: "proxy.example.com:3128" })?.protocol, "http:");
    assert.equal(proxyFor(address, { HTTPS_PROXY: "https://proxy.example.com" })?.protocol, "https:");
  });

  it("is refused where it is of another kind, without showing its credentials", () => {
    for (const value of ["socks5://user:hunter2secret@proxy:1080", "http://user:hunter2secret@proxy:port"]) {
      assert.throws(
        () => proxyFor(address, { HTTPS_PROXY: value }),
        (error) => isCodedError(error, "ERR_CONFIG_INVALID") && !error.message.includes("hunter2"),
      );
    }
  });

  for (const [exceptions, direct] of [
    ["*", true],
    ["example.com", true],
    [".example.com", true],
    ["*.example.com", true],
    ["vc.lab.example.com", true],
    ["VC.LAB.Example.COM", true],
    ["other.com, lab.example.com", true],
    ["other.com lab.example.com", true],
    ["vc.lab.example.com:8443", true],
    ["vc.lab.example.com:443", false],
    ["ample.com", false],
    ["vc.lab.example.com.evil.com", false],
    ["lab", false],
    ["", false],
    [",, ,", false],
  ] as const) {
    it(`is ${direct ? "passed by" : "used"} with NO_PROXY="${exceptions}"`, () => {
      const found = proxyFor(address, { HTTPS_PROXY: proxy, NO_PROXY: exceptions });
      assert.equal(found === undefined, direct);
      assert.equal(proxyFor(address, { HTTPS_PROXY: proxy, no_proxy: exceptions, NO_PROXY: "" }) === undefined, direct);
    });
  }

  it("is passed by for an IPv6 address that NO_PROXY names, with or without brackets and port", () => {
    const ipv6 = parseServerAddress("[2001:db8::1]:8443");
    for (const [exceptions, direct] of [
      ["2001:db8::1", true],
      ["[2001:db8::1]", true],
      ["[2001:db8::1]:8443", true],
      ["[2001:db8::1]:443", false],
      ["2001:db8::2", false],
    ] as const) {
      assert.equal(proxyFor(ipv6, { HTTPS_PROXY: proxy, NO_PROXY: exceptions }) === undefined, direct, exceptions);
    }
  });
});
