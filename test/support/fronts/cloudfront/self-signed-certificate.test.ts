import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

import { expect, test } from "vitest";

import { makeCertificate } from "./self-signed-certificate.ts";

test("any certificate is one that TLS takes, for this machine, signed with its own key", () => {
  // Keys and signatures differ in length, and with them everything around them.
  for (let n = 0; n < 200; n++) {
    const { key, cert } = makeCertificate();
    createSecureContext({ key, cert });
    const read = new X509Certificate(cert);
    expect(read.verify(read.publicKey)).toBe(true);
    expect([read.checkHost("localhost"), read.checkIP("127.0.0.1"), read.ca]).toEqual(["localhost", "127.0.0.1", true]);
    expect(read.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(read.validToDate.getTime()).toBeGreaterThan(Date.now());
  }
});
