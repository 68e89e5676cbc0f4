// SPDX-License-Identifier: Apache-2.0
// Server addresses as people write them, and which proxy the environment names for them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../../provider/src/core/coded-error";
import { canonicalAuthority, parseServerAddress } from "../../../../provider/src/vsphere/http/address";
import { proxyAuthorization, proxyFor } from "../../../../provider/src/vsphere/http/proxy";

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
    ["vcenter.example.com.", "vcenter.example.com", 443, "vcenter.example.com"],
    ["https://VCenter.example.com.:8443/", "vcenter.example.com", 8443, "vcenter.example.com:8443"],
    ["bücher.example", "xn--bcher-kva.example", 443, "xn--bcher-kva.example"],
  ] as const) {
    it(`reads ${written.trim()}`, () => {
      assert.deepEqual(parseServerAddress(written), { host, port, authority });
    });
  }

  for (const [written, why] of [
    ["", /is not a host/],
    ["http://vcenter.example.com", /over https/],
    ["ftp://vcenter.example.com", /over https/],
    ["vcenter.example.com/sdk", /path/],
    ["https://vcenter.example.com/?a=b", /path, a query/],
    ["vcenter.example.com#x", /path, a query/],
    ["vcenter .example.com", /is not a host|spaces/],
    ["vcenter.example.com:70000", /is not a host/],
    ["vcenter.example.com:0", /port 0/],
    ["vcenter.example.com\\sdk", /spaces|path/],
    ["vcenter.example.com..", /has no host/],
    [".", /has no host|is not a host/],
    ["2001:db8::1", /is not a host/],
  ] as const) {
    it(`refuses "${written}" with its reason`, () => {
      assert.throws(
        () => parseServerAddress(written),
        (error) => isCodedError(error, "ERR_CONFIG_INVALID") && why.test(error.message),
      );
    });
  }

  it("is the same in the states of 0.1.0, which kept a final dot", () => {
    assert.equal(canonicalAuthority("vc.example.com."), "vc.example.com");
    assert.equal(canonicalAuthority("vc.example.com.:8443"), "vc.example.com:8443");
    assert.equal(canonicalAuthority("vc.example.com"), "vc.example.com");
    assert.equal(canonicalAuthority("no address"), "no address");
  });

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

  for (const [server, exceptions, direct] of [
    ["10.1.2.3", "10.0.0.0/8", true],
    ["10.1.2.3", "192.168.0.0/16, 10.1.2.0/24", true],
    ["10.1.2.3", "10.1.3.0/24", false],
    ["10.1.2.3", "10.1.2.3/32", true],
    ["10.1.2.3", "10.1.2.3/33", false],
    ["10.1.2.3", "10.1.2.3/", false],
    ["10.1.2.3", "0.0.0.0/0", true],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.3:443", true],
    ["10.1.2.3", "10.1.2.3:8443", false],
    ["10.1.2.3", "2.3", false],
    ["10.1.2.3", ".2.3", false],
    ["10.1.2.3", "::/0", false],
    ["[2001:db8::1]:8443", "2001:db8::1", true],
    ["[2001:db8::1]:8443", "[2001:db8::1]", true],
    ["[2001:db8::1]:8443", "[2001:db8::1]:8443", true],
    ["[2001:db8::1]:8443", "[2001:db8::1]:443", false],
    ["[2001:db8::1]:8443", "2001:db8::2", false],
    ["[2001:db8::1]", "2001:0DB8:0:0:0:0:0:1", true],
    ["[2001:db8::1]", "2001:db8::/32", true],
    ["[2001:db8::1]", "[2001:db8::]/32", true],
    ["[2001:db8::1]", "2001:db9::/32", false],
    ["vc.example.com.", "vc.example.com", true],
    ["vc.example.com", "vc.example.com.", true],
    ["vc.example.com", "example.com.", true],
    ["vc.example.com", "10.0.0.0/8", false],
    ["vc.bücher.example", "bücher.example", true],
  ] as const) {
    it(`is ${direct ? "passed by" : "used"} for ${server} with NO_PROXY="${exceptions}"`, () => {
      const found = proxyFor(parseServerAddress(server), { HTTPS_PROXY: proxy, NO_PROXY: exceptions });
      assert.equal(found === undefined, direct);
    });
  }

  for (const [userInfo, credentials] of [
    ["user:secret", "user:secret"],
    ["user:100%", "user:100%"],
    ["user:50%off", "user:50%off"],
    ["user:a%zzb", "user:a%zzb"],
    ["user:p%40ss%2Fw%25", "user:p@ss/w%"],
    ["user:p@ss", "user:p@ss"],
    ["user:ü^|", "user:ü^|"],
    ["user", "user:"],
    [":token", ":token"],
  ] as const) {
    it(`is given user and password of "${userInfo}" as curl gives them`, () => {
      const found = proxyFor(address, { HTTPS_PROXY: `http://${userInfo}@proxy.example.com:3128` });
      assert.ok(found !== undefined);
      assert.equal(proxyAuthorization(found), `Basic ${Buffer.from(credentials).toString("base64")}`);
    });
  }

  it("is given no credentials if it has none", () => {
    assert.equal(proxyAuthorization(new URL(proxy)), undefined);
  });
});
