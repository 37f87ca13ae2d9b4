import { describe, expect, test } from "vitest";

import type { HeaderField } from "../ports/header-field.ts";
import { readRelayHeaders, type RelayHeaders, type SinkLimits } from "./relay-header-rules.ts";

const LIMITS: SinkLimits = { maxDeclaredBytes: 1_000, maxUndeclaredBytes: 500 };
const DIGEST = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

function grantOf(headers: readonly HeaderField[] = [], maxBytes?: number): Parameters<typeof readRelayHeaders>[1] {
  return { headers, maxBytes };
}

function read(headers: readonly HeaderField[], grant = grantOf()): RelayHeaders {
  const result = readRelayHeaders(headers, grant, LIMITS);
  if ("fault" in result) throw new Error(result.fault.message);
  return result;
}

function faultOf(headers: readonly HeaderField[], grant = grantOf()) {
  const result = readRelayHeaders(headers, grant, LIMITS);
  return "fault" in result ? result.fault : undefined;
}

test("accepts the headers of ordinary clients, and keeps those that describe the body", () => {
  const described: HeaderField[] = [
    ["content-type", "image/png"],
    ["content-encoding", "gzip"],
    ["content-disposition", "attachment"],
    ["content-language", "en"],
    ["cache-control", "no-cache"],
    ["expires", "Thu, 01 Jan 2026 00:00:00 GMT"],
  ];
  const sent: HeaderField[] = [
    ["host", "relay.example"],
    ["user-agent", "curl/8é"],
    ["accept", "*/*"],
    ["cookie", "a=1"],
    ["cookie", "b=2"],
    ["x_odd", "1"],
    ["authorization", "Basic abc"],
    ["x-amz-cf-id", "from CloudFront"],
    ["content-length", "5"],
    ["expect", "100-continue"],
    ...described,
  ];
  expect(read(sent)).toEqual({ stored: expect.any(Array), declaredBytes: 5, maxBytes: 1_000 });
  expect(new Map(read(sent).stored)).toEqual(new Map(described));
});

describe("the limit of the body", () => {
  test("is the limit of the sink, which is lower for an unknown length", () => {
    expect(read([["content-length", "1000"]])).toMatchObject({ declaredBytes: 1_000, maxBytes: 1_000 });
    expect(read([])).toMatchObject({ declaredBytes: undefined, maxBytes: 500 });
    expect(read([["transfer-encoding", "chunked"]])).toMatchObject({ declaredBytes: undefined, maxBytes: 500 });
  });

  test("is the granted limit if that is lower", () => {
    expect(read([["content-length", "10"]], grantOf([], 10))).toMatchObject({ maxBytes: 10 });
    expect(read([], grantOf([], 10))).toMatchObject({ maxBytes: 10 });
    expect(read([], grantOf([], 501))).toMatchObject({ maxBytes: 500 });
    expect(read([], grantOf([], 0))).toMatchObject({ maxBytes: 0 });
  });

  test("is enforced before a byte is read if the length is declared", () => {
    expect(faultOf([["content-length", "1001"]])).toMatchObject({ reason: "entity-too-large" });
    expect(faultOf([["content-length", "11"]], grantOf([], 10))).toMatchObject({ reason: "entity-too-large" });
    expect(faultOf([["content-length", "1"]], grantOf([], 0))).toMatchObject({ reason: "entity-too-large" });
  });
});

test("a least number of bytes is enforced before a byte is read, so a length has to be declared", () => {
  const grant = { ...grantOf([]), minBytes: 5 };
  expect(faultOf([["content-length", "4"]], grant)).toMatchObject({ reason: "entity-too-small" });
  expect(faultOf([], grant)).toMatchObject({ reason: "content-length-missing" });
  expect(read([["content-length", "5"]], grant)).toMatchObject({ declaredBytes: 5 });
});

describe("the length", () => {
  test.each(["", "+5", "05", "5.0", "0x5", " 5", "5, 5", "-1", "1e3", "9".repeat(17)])("%o is refused", (length) => {
    expect(faultOf([["content-length", length]])).toMatchObject({ reason: "header-refused" });
  });

  test("is refused together with Transfer-Encoding, because the two may disagree", () => {
    expect(
      faultOf([
        ["content-length", "5"],
        ["transfer-encoding", "chunked"],
      ]),
    ).toMatchObject({ reason: "header-refused" });
  });

  test("may be missing unless it was granted", () => {
    const granted = grantOf([["content-length", "5"]]);
    expect(faultOf([], granted)).toMatchObject({ reason: "content-length-missing" });
    expect(faultOf([["transfer-encoding", "chunked"]], granted)).toMatchObject({ reason: "content-length-missing" });
    expect(faultOf([["content-length", "4"]], granted)).toMatchObject({ reason: "header-refused" });
    expect(read([["content-length", "5"]], granted)).toMatchObject({ declaredBytes: 5 });
  });
});

describe("a granted header", () => {
  const granted: HeaderField[] = [
    ["content-type", "image/png"],
    ["x-amz-meta-filename", "a%20b.png"],
    ["x-amz-checksum-sha256", DIGEST],
  ];

  test("must be sent, exactly as granted", () => {
    expect(read(granted, grantOf(granted))).toMatchObject({ stored: [["content-type", "image/png"]] });
    for (const [name] of granted) {
      const missing = granted.filter(([own]) => own !== name);
      expect(faultOf(missing, grantOf(granted))?.message).toContain(name);
      for (const other of ["", "image/gif", "image/png, image/png"])
        expect(faultOf([...missing, [name, other]], grantOf(granted)), name).toMatchObject({
          reason: "header-refused",
        });
    }
  });
});

describe("refuses what the relay could not apply:", () => {
  const cases: [name: string, value: string][] = [
    ["x-amz-meta-filename", "planted"],
    ["x-amz-checksum-sha256", DIGEST],
    ["x-amz-acl", "public-read"],
    ["x-amz-storage-class", "GLACIER"],
    ["x-once-lock", "planted"],
    ["x-once-nonce", "planted"],
    ["if-none-match", "*"],
    ["if-match", '"planted"'],
    ["content-range", "bytes 0-4/10"],
    ["content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="],
    ["content-encoding", "aws-chunked"],
    ["content-encoding", "gzip, AWS-Chunked"],
    ["content-type", "multipart/form-data; boundary=planted"],
    ["content-type", "Multipart/Form-Data"],
    ["content-type", "image/pñg"],
    ["content-disposition", "attachment; filename=é"],
  ];
  test.each(cases)("%s: %s", (name, value) => {
    const fault = faultOf([[name, value]]);
    expect(fault).toMatchObject({ reason: "header-refused" });
    expect(fault?.message).toMatch(/^[A-Z][ -~]*\.$/);
    expect(fault?.message).not.toContain("planted");
  });

  test("a header sent twice", () => {
    expect(
      faultOf([
        ["content-type", "image/png"],
        ["content-type", "image/png"],
      ]),
    ).toMatchObject({ reason: "header-refused" });
  });
});
