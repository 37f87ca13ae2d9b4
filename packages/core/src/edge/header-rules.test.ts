import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { CLIENT_HEADER } from "../gate/client-secret.ts";
import type { HeaderFault } from "../gate/header-fault.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { QueryParameter } from "../ports/presigner.ts";
import { canonicalQuery } from "../url/canonical-request.ts";
import { MAX_HEAD_BYTES, MAX_PUT_BYTES, readPresignedHeaders } from "./header-rules.ts";
import { readSignedUrl, type SignedUrl } from "./signed-url.ts";

const LENGTH: HeaderField = ["content-length", "5"];
/** What the edge refuses of some headers; `undefined` where they pass. */
function findHeaderFault(headers: readonly HeaderField[], url: SignedUrl): HeaderFault | undefined {
  const read = readPresignedHeaders(headers, url);
  return "fault" in read ? read.fault : undefined;
}

/** What the edge passes on of some headers, by name; a fault fails the test. */
function passedOn(headers: readonly HeaderField[], url = urlSigning()): Record<string, string> {
  const read = readPresignedHeaders(headers, url);
  if ("fault" in read) throw new Error(read.fault.message);
  expect(new Set(read.passedOn.map(([name]) => name)).size, "each once").toBe(read.passedOn.length);
  return Object.fromEntries(read.passedOn);
}

const MD5_OF_NOTHING = "1B2M2Y8AsgTpgAmY7PhCfg==";

test("accepts the headers that ordinary clients send", () => {
  const headers: HeaderField[] = [
    ["host", "d111111abcdef8.cloudfront.net"],
    ["user-agent", "curl/8.5.0"],
    ["accept", "*/*"],
    ["origin", "https://example.com"],
    ["content-type", "image/png"],
    ["x-forwarded-for", "192.0.2.1"],
    LENGTH,
  ];
  expect(findHeaderFault(headers, urlSigning())).toBeUndefined();
});

describe("refuses, because S3 accepts only one kind of credentials:", () => {
  test("an Authorization header", () => {
    expect(fault(["authorization", "Bearer x"])).toMatchObject({
      reason: "header-refused",
      message: expect.stringMatching(/Authorization/),
    });
  });
});

describe("refuses headers that the URL does not sign and that S3 refuses or applies:", () => {
  test.each(["x-amz-acl", "x-amz-meta-filename", "x-amz-content-sha256", "x-amz-security-token", "x-amz-"])(
    "%s",
    (name) => {
      expect(fault([name, "private"])).toMatchObject({
        reason: "header-refused",
        message: `The header ${name} was not granted with this URL.`,
      });
    },
  );

  test("requires an x-amz- header that the URL signs", () => {
    const url = urlSigning({ "x-amz-meta-filename": "a.png" });
    expect(fault(["x-amz-meta-filename", "a.png"], url)).toBeUndefined();
    expect(fault(["x-amz-meta-filename", "b.png"], url)).toMatchObject({ reason: "header-refused" });
  });

  test.each(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "if-"])(
    "%s",
    (name) => {
      expect(fault([name, "*"])).toMatchObject({
        reason: "header-refused",
        message: `The header ${name} was not granted with this URL.`,
      });
    },
  );

  test("If-None-Match even if the URL signs it, because the edge adds it", () => {
    const url = urlSigning({}, ["if-none-match"]);
    expect(fault(["if-none-match", "*"], url)).toMatchObject({ reason: "header-refused" });
    expect(findHeaderFault([LENGTH], url)).toBeUndefined();
  });
});

describe("refuses headers that only the edge may set:", () => {
  test.each(["x-once-lock", "x-once-tag", "x-once-anything"])("%s", (name) => {
    expect(fault([name, "a"])).toMatchObject({
      reason: "header-refused",
      message: `The header ${name} is reserved.`,
    });
  });

  test("a lock header from the client, although the URL signs one", () => {
    expect(fault(["x-once-lock", "a".repeat(64)], urlSigning())).toMatchObject({ reason: "header-refused" });
  });

  test.each(["", "1", "2"])("the id of the grant, although the URL signs it: %j", (id) => {
    const url = urlSigning({}, ["x-amz-meta-presign-once-id"]);
    expect(fault(["x-amz-meta-presign-once-id", id], url)).toEqual({
      reason: "header-refused",
      message: "The header x-amz-meta-presign-once-id was not granted with this URL.",
    });
    expect(findHeaderFault([LENGTH], url)).toBeUndefined();
  });
});

describe("Content-MD5", () => {
  test.each([MD5_OF_NOTHING, "abc", ""])(
    "that was not granted is refused, since S3 takes it only signed: %j",
    (md5) => {
      expect(fault(["content-md5", md5])).toEqual({
        reason: "header-refused",
        message: "The header content-md5 was not granted with this URL: ask for the URL with sha256.",
      });
    },
  );

  test.each([MD5_OF_NOTHING, "A".repeat(22) + "==", "+/+/".repeat(5) + "+Q==", "0".repeat(21) + "w=="])(
    "that was granted is passed on: %s",
    (md5) => {
      const url = urlSigning({ "content-md5": md5 });
      expect(passedOn([["content-md5", md5], LENGTH], url)).toMatchObject({ "content-md5": md5 });
      expect(fault(["content-md5", MD5_OF_NOTHING.replace("1", "2")], url)).toMatchObject({ reason: "header-refused" });
    },
  );

  test.each([
    ["nothing", ""],
    ["hex", "d41d8cd98f00b204e9800998ecf8427e"],
    ["15 bytes", "A".repeat(20)],
    ["17 bytes", "A".repeat(23) + "="],
    ["no padding", MD5_OF_NOTHING.slice(0, 22)],
    ["the URL alphabet", "-_".repeat(10) + "-w=="],
    ["bits beyond the 16 bytes", MD5_OF_NOTHING.replace("g==", "h==")],
    ["a space before it", ` ${MD5_OF_NOTHING}`],
    ["two values", `${MD5_OF_NOTHING}, ${MD5_OF_NOTHING}`],
  ])("of %s is refused even if it was granted, so that no such URL is issued", (_, md5) => {
    expect(fault(["content-md5", md5], urlSigning({ "content-md5": md5 }))).toEqual({
      reason: "header-refused",
      message: "Content-MD5 is not the base64 of 16 bytes.",
    });
  });
});

describe("with repeated headers,", () => {
  test.each(["content-length", "content-type", "cache-control", "expires", "host", "transfer-encoding"])(
    "%s is refused, because its two values may contradict each other",
    (name) => {
      const value = name === "content-length" ? "5" : "a";
      expect(findHeaderFault([[name, value], LENGTH, [name, value]], urlSigning())?.message).toBe(
        `The header ${name === "content-length" ? LENGTH[0] : name} was sent twice.`,
      );
    },
  );

  test.each([
    "via",
    "x-forwarded-for",
    "accept",
    "accept-language",
    "baggage",
    "cookie",
    "forwarded",
    "tracestate",
    "x-a",
  ])("%s, which proxies and tracing repeat, is dropped and not refused", (name) => {
    expect(passedOn([[name, "a"], [name, "b"], LENGTH])).toEqual({ "content-length": "5" });
  });

  test.each(["user-agent", "origin"])("%s, which may have only one value, is dropped", (name) => {
    expect(passedOn([[name, "a"], [name, "a"], LENGTH])).toEqual({ "content-length": "5" });
  });

  test("a header that the URL signs is refused", () => {
    const url = urlSigning({ "x-note": "a=1" });
    expect(fault(["x-note", "a=1"], url)).toBeUndefined();
    expect(findHeaderFault([["x-note", "b=2"], ["x-note", "a=1"], LENGTH], url)?.message).toBe(
      "The header x-note was sent twice.",
    );
  });
});

describe("Content-Length", () => {
  test.each(["0", "1", "10", String(MAX_PUT_BYTES)])("accepts %s", (length) => {
    expect(findHeaderFault([["content-length", length]], urlSigning())).toBeUndefined();
  });

  test.each(["", "+5", "05", "00", "5.0", "0x5", " 5", "5 ", "-1", "-0", "5,5", "1e3", "five", "9".repeat(400)])(
    "%j is refused",
    (length) => {
      expect(findHeaderFault([["content-length", length]], urlSigning())).toEqual({
        reason: "header-refused",
        message: "Content-Length is not a number of bytes.",
      });
    },
  );

  test("refuses one byte over 5 GiB", () => {
    expect(MAX_PUT_BYTES).toBe(5_368_709_120);
    for (const length of ["5368709121", "9007199254740993", "9999999999999999"])
      expect(findHeaderFault([["content-length", length]], urlSigning())).toMatchObject({ reason: "entity-too-large" });
  });

  test("refuses a request without it, chunked or not", () => {
    expect(findHeaderFault([], urlSigning())).toMatchObject({ reason: "content-length-missing" });
    expect(findHeaderFault([["transfer-encoding", "chunked"]], urlSigning())).toMatchObject({
      reason: "content-length-missing",
    });
  });

  test("refuses it together with Transfer-Encoding", () => {
    expect(fault(["transfer-encoding", "chunked"])).toEqual({
      reason: "header-refused",
      message: "Content-Length and Transfer-Encoding exclude each other.",
    });
  });
});

describe("a signed header", () => {
  const type = "text/plain; charset=utf-8";
  const url = urlSigning({ "content-type": type, "content-length": "5" });

  test.each([type, "text/plain;charset=utf-8", "text/plain; charset=UTF-8", 'Text/Plain;Charset="utf-8"'])(
    "of a media type may be sent as %j, and is passed on as granted",
    (value) => {
      expect(passedOn([["content-type", value], LENGTH], url)).toMatchObject({ "content-type": type });
    },
  );

  test.each(["text/plain", "text/plain; charset=utf-16", "text/html; charset=utf-8", ""])(
    "is refused if sent as %j",
    (value) => {
      expect(findHeaderFault([["content-type", value], LENGTH], url)).toEqual({
        reason: "header-refused",
        message: `The header content-type must be sent with the value that was granted: "${type}".`,
      });
    },
  );

  test("is refused when it is missing", () => {
    expect(findHeaderFault([LENGTH], url)).toMatchObject({
      message: expect.stringMatching(/content-type must be sent/),
    });
  });

  test("that is no media type must be sent exactly as granted", () => {
    const named = urlSigning({ "x-amz-meta-filename": "A.png" });
    expect(fault(["x-amz-meta-filename", "a.png"], named)?.message).toBe(
      'The header x-amz-meta-filename must be sent with the value that was granted: "A.png".',
    );
  });

  test("may pin the length", () => {
    expect(
      findHeaderFault(
        [
          ["content-type", type],
          ["content-length", "6"],
        ],
        url,
      )?.message,
    ).toBe('The header content-length must be sent with the value that was granted: "5".');
  });

  test("without its value in the URL is refused, sent or not", () => {
    const hidden = urlSigning({}, ["x-secret"]);
    const message = "The URL signs the header x-secret without showing its value.";
    expect(findHeaderFault([LENGTH], hidden)).toEqual({ reason: "header-refused", message });
    expect(fault(["x-secret", ""], hidden)).toEqual({ reason: "header-refused", message });
  });

  test("needs no value in the URL if it is the host or the lock", () => {
    expect(urlSigning().signedHeaders).toEqual(["host", "x-once-lock"]);
    expect(findHeaderFault([LENGTH], urlSigning())).toBeUndefined();
  });
});

describe("a URL granted for 1,000 bytes at most", () => {
  const url = urlSigning({}, [], [["x-once-max-bytes", "1000"]]);

  test.each(["0", "999", "1000"])("accepts %s", (length) => {
    expect(findHeaderFault([["content-length", length]], url)).toBeUndefined();
  });

  test.each(["1001", "10000", String(MAX_PUT_BYTES)])("refuses %s", (length) => {
    expect(findHeaderFault([["content-length", length]], url)).toEqual({
      reason: "entity-too-large",
      message: "This URL was granted for 1000 bytes at most.",
    });
  });

  test("refuses an upload without a length", () => {
    expect(findHeaderFault([], url)).toMatchObject({ reason: "content-length-missing" });
  });

  test("refuses every upload if the limit is not a number", () => {
    const broken = urlSigning({}, [], [["x-once-max-bytes", "many"]]);
    expect(fault(["user-agent", "curl"], broken)).toMatchObject({ reason: "entity-too-large" });
  });

  test("accepts only an empty upload if the limit is 0", () => {
    const empty = urlSigning({}, [], [["x-once-max-bytes", "0"]]);
    expect(findHeaderFault([["content-length", "0"]], empty)).toBeUndefined();
    expect(findHeaderFault([["content-length", "1"]], empty)).toMatchObject({ reason: "entity-too-large" });
  });
});

describe("the URL and all headers that are passed on", () => {
  test("have 7,168 bytes at most together, with all that stands between them", () => {
    const url = urlSigning();
    const head = `PUT ${url.path}?${url.query} HTTP/1.1\r\nuser-agent: \r\ncontent-length: 5\r\n`;
    const room = MAX_HEAD_BYTES - head.length;
    expect(MAX_HEAD_BYTES).toBe(7_168);
    expect(fault(["user-agent", "a".repeat(room)], url)).toBeUndefined();
    expect(fault(["user-agent", "a".repeat(room + 1)], url)).toEqual({
      reason: "header-refused",
      message: "The URL and the headers are longer than 7168 bytes together.",
    });
  });

  test("count towards the limit, as does Via, which no function can remove; dropped headers do not", () => {
    expect(fault(["via", "a".repeat(MAX_HEAD_BYTES)])).toMatchObject({ reason: "header-refused" });
    expect(fault(["cookie", "a".repeat(10_000)])).toBeUndefined();
  });
});

describe("the message of a refusal", () => {
  test("contains no header value", () => {
    const secret = "s3cr3t\0";
    const url = urlSigning();
    const names = [
      "authorization",
      "x-amz-acl",
      "if-match",
      "x-once-lock",
      "content-md5",
      "cache-control",
      "content-length",
    ];
    for (const name of names) {
      const found = findHeaderFault([[name, secret]], url);
      expect(found).toBeDefined();
      expect(found?.message).not.toContain("s3cr3t");
    }
  });

  test("contains at most a part of a header name, in token characters", () => {
    const found = fault([`x-amz-<script>\n${"a".repeat(100)}`, ""]);
    expect(found?.message).toBe(`The header x-amz-?script??${"a".repeat(49)} was not granted with this URL.`);
  });
});

describe("passes on only listed headers:", () => {
  test("those granted, those that S3 stores, those that it reads", () => {
    const sent: HeaderField[] = [
      ["cache-control", "no-cache"],
      ["content-disposition", "attachment"],
      ["content-encoding", "gzip"],
      ["content-language", "en"],
      ["content-length", "5"],
      ["content-type", "image/png"],
      ["expires", "Thu, 01 Jan 2026 00:00:00 GMT"],
      ["origin", "https://app.example"],
      ["user-agent", "curl/8"],
      ["x-granted", "1"],
    ];
    expect(passedOn(sent, urlSigning({ "x-granted": "1" }))).toEqual(Object.fromEntries(sent));
  });

  test.each([
    "accept",
    "content-location",
    "cookie",
    "range",
    "x_amz_copy_source",
    "x.amz.acl",
    "if_match",
    "content_type",
    "x-goog-meta-presign-once-id",
    "x-object-meta-a",
    "x-rgw-a",
    "x-http-method-override",
    "Authorization",
    "__proto__",
    "é",
  ])("drops %s", (name) => {
    expect(passedOn([[name, "/other-bucket/secret"], LENGTH])).toEqual({ "content-length": "5" });
  });

  test.each(["é", "a\0b", "a\nb", "a\tb", ""])("drops a User-Agent of %j", (value) => {
    expect(passedOn([["user-agent", value], LENGTH])).toEqual({ "content-length": "5" });
  });

  test("refuses Upgrade, which no function can remove", () => {
    expect(fault(["upgrade", "websocket"])).toMatchObject({ reason: "header-refused" });
  });
});

test("never throws, whatever the header", () => {
  const anything = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
  const known = fc.constantFrom(
    "content-length",
    "content-md5",
    "content-type",
    "cookie",
    "x-amz-",
    "if-",
    "__proto__",
  );
  const fields = fc.tuple(fc.oneof(anything, known), anything);
  fc.assert(
    fc.property(fc.array(fields), (headers) => {
      findHeaderFault(headers, urlSigning());
    }),
  );
});

describe("the secret of a client", () => {
  const secret: HeaderField = [CLIENT_HEADER, "s".repeat(22)];
  const granted: readonly QueryParameter[] = [["x-once-retries", "same-client"]];
  const notGranted = { reason: "header-refused", message: expect.stringContaining("that were granted retries") };

  test("is accepted if retries were granted and the URL signs If-None-Match", () => {
    expect(fault(secret, urlSigning({}, ["if-none-match"], granted))).toBeUndefined();
  });

  test.each<[string, SignedUrl]>([
    ["binds S3 and was granted no retries", urlSigning({}, ["if-none-match"])],
    ["was granted another policy", urlSigning({}, ["if-none-match"], [["x-once-retries", "any-client"]])],
    ["was granted retries and does not bind S3", urlSigning({}, [], granted)],
  ])("is refused with a URL that %s", (_, url) => {
    expect(fault(secret, url)).toMatchObject(notGranted);
  });
});

/** The first fault of an upload with its length and this header. */
function fault(field: HeaderField, url = urlSigning()): ReturnType<typeof findHeaderFault> {
  const length = url.shown.get("content-length") ?? LENGTH[1];
  return findHeaderFault([field, ["content-length", length]], url);
}

/** A URL that signs host, the lock, these headers with their values shown, further ones without, and more parameters. */
function urlSigning(
  shown: Record<string, string> = {},
  hidden: readonly string[] = [],
  more: readonly QueryParameter[] = [],
): SignedUrl {
  const parameters: QueryParameter[] = [
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/s3/aws4_request"],
    ["X-Amz-Date", "20260102T030405Z"],
    ["X-Amz-Expires", "630"],
    ["X-Amz-Signature", "0".repeat(64)],
    ["X-Amz-SignedHeaders", ["host", "x-once-lock", ...Object.keys(shown), ...hidden].sort().join(";")],
    ...Object.entries(shown).map(([name, value]): QueryParameter => [`x-once-${name}`, value]),
    ...more,
  ];
  const url = readSignedUrl("PUT", "/uploads/1", canonicalQuery(parameters));
  if ("malformed" in url) throw new Error(url.malformed);
  return url;
}
