import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { QueryParameter } from "../ports/presigner.ts";
import { percentEncode, TAG_PARAMETER } from "../url/canonical-request.ts";
import { MAX_URL_BYTES, readSignedUrl, type SignedUrl } from "./signed-url.ts";

const PATH = "/uploads/0b5f3c1e-7b0e-4d2b-9a52-6f0d1c6a8f11";
const SIGNATURE = "0123456789abcdef".repeat(4);
const TAG = `k1.${"f".repeat(64)}`;

const SIGNING: readonly QueryParameter[] = [
  ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
  ["X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/s3/aws4_request"],
  ["X-Amz-Date", "20260102T030405Z"],
  ["X-Amz-Expires", "630"],
  ["X-Amz-SignedHeaders", "content-type;host;x-once-lock"],
  ["X-Amz-Signature", SIGNATURE],
];
const PARAMETERS: readonly QueryParameter[] = [
  ...SIGNING,
  ["X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"],
  ["x-id", "PutObject"],
  ["x-once-content-type", "text/plain; charset=utf-8"],
  [TAG_PARAMETER, TAG],
];

const ORIGINAL = wellFormed(read(PARAMETERS));

/** Any UTF-16 code units: lone surrogates and NUL too. */
const anything = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

test("parses a presigned URL", () => {
  expect(ORIGINAL).toEqual({
    path: PATH,
    key: PATH.slice(1),
    query:
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD" +
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260102%2Fus-east-1%2Fs3%2Faws4_request" +
      `&X-Amz-Date=20260102T030405Z&X-Amz-Expires=630&X-Amz-Signature=${SIGNATURE}` +
      "&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-once-lock&x-id=PutObject" +
      "&x-once-content-type=text%2Fplain%3B%20charset%3Dutf-8",
    canonical: `PUT\n${PATH}\n${ORIGINAL.query}`,
    tag: TAG,
    date: "20260102T030405Z",
    signedAt: new Date("2026-01-02T03:04:05Z"),
    expires: "630",
    signedHeaders: ["content-type", "host", "x-once-lock"],
    shown: new Map([["content-type", "text/plain; charset=utf-8"]]),
  });
});

test("includes the signature in the canonical request, and never the tag", () => {
  expect(ORIGINAL.canonical).toContain(SIGNATURE);
  const other = wellFormed(read(withValue(TAG_PARAMETER, "k2.00")));
  expect(other.tag).toBe("k2.00");
  expect(other.canonical).toBe(ORIGINAL.canonical);
  const none = wellFormed(read(without(TAG_PARAMETER)));
  expect(none.tag).toBe("");
  expect(none.canonical).toBe(ORIGINAL.canonical);
});

describe("a change of a signed URL gives another canonical request, or is malformed:", () => {
  const signed = PARAMETERS.filter(([name]) => name !== TAG_PARAMETER);
  const positions = fc.nat({ max: signed.length - 1 });

  test("a changed, inserted or removed character in a name or value", () => {
    fc.assert(
      fc.property(positions, fc.constantFrom(0, 1), fc.nat(), anything, fc.boolean(), (at, part, index, text, cut) => {
        const changed = signed.map((parameter) => [...parameter] as [string, string]);
        const before = changed[at]![part]!;
        const i = index % before.length;
        const after = before.slice(0, i) + text + before.slice(cut ? i + 1 : i);
        fc.pre(after !== before);
        changed[at]![part] = after;
        expectAnother("PUT", PATH, query(changed));
      }),
      { numRuns: 500 },
    );
  });

  test("a dropped parameter", () => {
    for (const dropped of signed)
      expectAnother("PUT", PATH, query(signed.filter((parameter) => parameter !== dropped)));
  });

  test("a duplicated parameter", () => {
    for (const duplicated of signed) expectAnother("PUT", PATH, query([...signed, duplicated]));
  });

  test("an added parameter", () => {
    fc.assert(
      fc.property(anything, anything, (name, value) => {
        expectAnother("PUT", PATH, query([...signed, [name, value]]));
      }),
    );
  });

  test("another path, or the same path in another encoding", () => {
    expectAnother("PUT", PATH.replace("/uploads", "/%75ploads"), query(signed));
    fc.assert(
      fc.property(fc.nat({ max: PATH.length - 1 }), anything, fc.boolean(), (i, text, cut) => {
        const path = PATH.slice(0, i) + text + PATH.slice(cut ? i + 1 : i);
        fc.pre(path !== PATH);
        expectAnother("PUT", path, query(signed));
      }),
    );
  });

  test("another method, or the same method in another case", () => {
    for (const method of ["put", "Put", "GET", "POST", "PUT ", ""]) expectAnother(method, PATH, query(signed));
  });

  function expectAnother(method: string, path: string, received: string): void {
    const url = readSignedUrl(method, path, received);
    if (!("malformed" in url)) expect(url.canonical).not.toBe(ORIGINAL.canonical);
  }
});

describe("malformed", () => {
  test.each(SIGNING.map(([name]) => name))("a URL without %s", (name) => {
    expect(read(without(name))).toEqual({ malformed: `The query has no ${name}.` });
  });

  const once = [...SIGNING.map(([name]) => name), "X-Amz-Content-Sha256", "X-Amz-Security-Token", TAG_PARAMETER];
  test.each(once)("a URL with %s twice, even with the same value", (name) => {
    const value = PARAMETERS.find(([known]) => known === name)?.[1] ?? "value";
    const parameters: QueryParameter[] = [...without(name), [name, value], [name, value]];
    expect(read(parameters)).toEqual({ malformed: `The query has ${name} twice.` });
  });

  test("a repeated parameter whose name is escaped", () => {
    const received = `${query(PARAMETERS)}&X%2dAmz-Expires=630`;
    expect(readSignedUrl("PUT", PATH, received)).toEqual({ malformed: "The query has X-Amz-Expires twice." });
  });

  test.each(["x-amz-expires", "X-AMZ-EXPIRES", "X-amz-Expires"])(
    "%s, a name in another case, alone or in addition",
    (name) => {
      expect(read([...without("X-Amz-Expires"), [name, "630"]])).toHaveProperty("malformed");
      expect(read([...PARAMETERS, [name, "630"]])).toHaveProperty("malformed");
    },
  );

  test.each(["X-Amz-Acl", "x-amz-checksum-crc32", "X-Amz-"])("%s, which no presigned upload has", (name) => {
    expect(read([...PARAMETERS, [name, "1"]])).toHaveProperty("malformed");
  });

  test.each(["X-Once-Tag", "X-ONCE-content-type", "x-once-Content-MD5"])(
    "%s, an edge parameter in another case",
    (name) => {
      expect(read([...PARAMETERS, [name, "1"]])).toEqual({
        malformed: "The query has an x-once- parameter in another case.",
      });
    },
  );

  test("a repeated edge parameter", () => {
    const twice: QueryParameter[] = [...PARAMETERS, ["x-once-content-type", "text/plain; charset=utf-8"]];
    expect(read(twice)).toEqual({ malformed: "The query has an x-once- parameter twice." });
  });

  test.each(["", "AWS4-HMAC-SHA1", "AWS4-ECDSA-P256-SHA256", "aws4-hmac-sha256", "AWS4-HMAC-SHA256 "])(
    "the algorithm %j",
    (algorithm) => {
      expect(read(withValue("X-Amz-Algorithm", algorithm))).toEqual({
        malformed: "X-Amz-Algorithm is not AWS4-HMAC-SHA256.",
      });
    },
  );

  test.each([
    "",
    "0",
    "604801",
    "1000000",
    "99999999999999999999",
    "-5",
    "+5",
    "05",
    "5.0",
    "5.5",
    "1e3",
    "0x5",
    " 5",
    "5 ",
    "5\n",
    "5s",
    "NaN",
    "Infinity",
    "٥",
  ])("the expiry %j", (expires) => {
    expect(read(withValue("X-Amz-Expires", expires))).toEqual({
      malformed: "X-Amz-Expires is not a number of seconds from 1 to 604800.",
    });
  });

  test.each([
    ["nothing", ""],
    ["no date", "yesterday"],
    ["dashes and colons", "2026-01-02T03:04:05Z"],
    ["no zone", "20260102T030405"],
    ["another zone", "20260102T030405+0000"],
    ["a small z", "20260102T030405z"],
    ["milliseconds", "20260102T030405.000Z"],
    ["a space before it", " 20260102T030405Z"],
    ["a line end after it", "20260102T030405Z\n"],
    ["month 13", "20261302T030405Z"],
    ["day 0", "20260100T030405Z"],
    ["30 February", "20260230T030405Z"],
    ["29 February of a common year", "20250229T030405Z"],
    ["hour 24", "20260102T240000Z"],
    ["minute 60", "20260102T036005Z"],
    ["a leap second", "20161231T235960Z"],
  ])("a date with %s", (_, date) => {
    expect(read(withValue("X-Amz-Date", date))).toEqual({
      malformed: "X-Amz-Date is not a date of the form 20060102T150405Z.",
    });
  });

  test.each([
    ["none", ""],
    ["63 digits", SIGNATURE.slice(1)],
    ["65 digits", `${SIGNATURE}0`],
    ["upper case", SIGNATURE.toUpperCase()],
    ["one upper-case digit", SIGNATURE.replace("a", "A")],
    ["another letter", SIGNATURE.replace("a", "g")],
    ["a line end after it", `${SIGNATURE}\n`],
  ])("a signature with %s", (_, signature) => {
    expect(read(withValue("X-Amz-Signature", signature))).toEqual({
      malformed: "X-Amz-Signature is not 64 lower-case hex digits.",
    });
  });

  test.each([
    "",
    "x-once-lock",
    "Host",
    "host;host",
    "x-once-lock;host",
    "host;",
    ";host",
    "host; x-a",
    "a b;host",
    "ä;host",
  ])("the signed headers %j", (names) => {
    expect(read(withValue("X-Amz-SignedHeaders", names))).toEqual({
      malformed: "X-Amz-SignedHeaders is not a sorted list of lower-case header names with host in it.",
    });
  });

  test.each(["", "uploads/1", "/%", "/%4", "/%4g", "/a b", "/a?b", "/é", "/\ud800", "/\0", "/a\n", "/a\nPUT"])(
    "the path %j",
    (path) => {
      expect(readSignedUrl("PUT", path, query(PARAMETERS))).toEqual({ malformed: "The path is not percent-encoded." });
    },
  );

  test.each(["%", "a=%f", "a=%ff", "a=%ED%A0%80", "a=\ud800", "&", "=1"])("the query segment %j", (segment) => {
    expect(readSignedUrl("PUT", PATH, `${query(PARAMETERS)}&${segment}`)).toEqual({
      malformed: "The query string is not percent-encoded.",
    });
  });

  test("a URL over 8,192 bytes including its question mark, and not one of exactly 8,192", () => {
    const start = `${query(PARAMETERS)}&pad=`;
    const room = MAX_URL_BYTES - `${PATH}?${start}`.length;
    const tooLong = { malformed: "The URL is longer than 8192 bytes." };
    expect(MAX_URL_BYTES).toBe(8_192);
    expect(readSignedUrl("PUT", PATH, start + "a".repeat(room))).not.toHaveProperty("malformed");
    expect(readSignedUrl("PUT", PATH, start + "a".repeat(room + 1))).toEqual(tooLong);
    expect(readSignedUrl("PUT", `${PATH}a`, start + "a".repeat(room))).toEqual(tooLong);
    expect(readSignedUrl("PUT", PATH, `${start + "a".repeat(room - 1)}é`)).toEqual(tooLong);
  });

  test("never throws, whatever the input", () => {
    const methods = fc.oneof(fc.constant("PUT"), anything);
    const paths = fc.oneof(fc.constant(PATH), anything);
    const queries = fc.oneof(
      anything,
      anything.map((text) => `${query(PARAMETERS)}&${text}`),
      fc.array(fc.tuple(fc.constantFrom(...PARAMETERS.map(([name]) => name)), anything)).map(query),
    );
    fc.assert(
      fc.property(methods, paths, queries, (method, path, received) => {
        readSignedUrl(method, path, received);
      }),
      { numRuns: 1_000 },
    );
  });

  test("the message contains no value of the URL", () => {
    for (const name of [...once, "x-once-content-type"]) {
      const url = read([...withValue(name, "SECRET"), [name, "SECRET"]]);
      expect(Object.keys(url)).toEqual(["malformed"]);
      expect(JSON.stringify(url)).not.toContain("SECRET");
    }
  });
});

describe("well-formed", () => {
  test.each(["1", "630", "604800"])("the expiry %s", (expires) => {
    expect(wellFormed(read(withValue("X-Amz-Expires", expires))).expires).toBe(expires);
  });

  test("29 February of a leap year", () => {
    const url = wellFormed(read(withValue("X-Amz-Date", "20240229T235959Z")));
    expect(url.signedAt).toEqual(new Date("2024-02-29T23:59:59Z"));
  });

  test("a session token and a content hash in the query", () => {
    expect(read([...PARAMETERS, ["X-Amz-Security-Token", "IQoJb3JpZ2luX2VjEAo+/="]])).not.toHaveProperty("malformed");
  });

  test.each(["/", "/a/b", "/%41%2F%C3%A9", "/!$&'()*+,-.:;=@_~"])("the path %s", (path) => {
    expect(wellFormed(readSignedUrl("PUT", path, query(PARAMETERS))).path).toBe(path);
  });
});

/** A query in the simplest encoding, raw if a text cannot be escaped. */
function query(parameters: readonly QueryParameter[]): string {
  return parameters.map(([name, value]) => `${spell(name)}=${spell(value)}`).join("&");
}

function spell(text: string): string {
  try {
    return percentEncode(text);
  } catch {
    return text; // a lone surrogate
  }
}

function read(parameters: readonly QueryParameter[]): ReturnType<typeof readSignedUrl> {
  return readSignedUrl("PUT", PATH, query(parameters));
}

function without(name: string): QueryParameter[] {
  return PARAMETERS.filter(([known]) => known !== name);
}

function withValue(name: string, value: string): QueryParameter[] {
  return [...without(name), [name, value]];
}

function wellFormed(url: ReturnType<typeof readSignedUrl>): SignedUrl {
  if ("malformed" in url) throw new Error(url.malformed);
  return url;
}
