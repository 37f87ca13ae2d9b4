import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { percentEncode } from "../url/canonical-request.ts";
import { type GrantLimits, type GrantRequest, readGrantRequest } from "./grant-request.ts";

const LIMITS: GrantLimits = { expiresInSeconds: 900, maxExpiresInSeconds: 3_600, maxBytes: 1_000_000 };
const SHA256_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/** What is granted; a fault fails the test. */
function granted(query: string, limits = LIMITS): GrantRequest {
  const request = readGrantRequest(query, limits);
  if ("fault" in request) throw new Error(request.fault);
  return request;
}

/** What is at fault; a grant fails the test. */
function faultOf(query: string, limits = LIMITS): string {
  const request = readGrantRequest(query, limits);
  if (!("fault" in request)) throw new Error(`granted: ${JSON.stringify(request)}`);
  return request.fault;
}

test("uses the lifetime and size of the settings, and no header, for an empty query", () => {
  expect(granted("")).toEqual({ expiresInSeconds: 900, maxBytes: 1_000_000, headers: [] });
});

test("limits the default lifetime to the maximum", () => {
  expect(granted("", { ...LIMITS, maxExpiresInSeconds: 60 }).expiresInSeconds).toBe(60);
});

test("reads all parameters in any order, percent-encoded or not", () => {
  const query = `sha256=${SHA256_OF_HELLO}&filename=a.png&content-length=5&max%2Dbytes=10&expires-in=60&content-type=image/svg+xml`;
  expect(granted(query)).toEqual({
    expiresInSeconds: 60,
    maxBytes: 10,
    headers: [
      ["x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="],
      ["x-amz-meta-filename", "a.png"],
      ["content-length", "5"],
      ["content-type", "image/svg+xml"],
    ],
  });
});

/** Every numeric parameter: its bounds, both included, and the fault that names them. */
const numbers: [name: string, least: number, most: number, fault: string][] = [
  ["expires-in", 1, 3_600, "expires-in: expected a whole number of seconds from 1 to 3600."],
  ["max-bytes", 0, 1_000_000, "max-bytes: expected a whole number of bytes from 0 to 1000000."],
  ["content-length", 0, 1_000_000, "content-length: expected a whole number of bytes from 0 to 1000000."],
];
describe("reads the query as the URL standard does:", () => {
  test.each(["my+photo.png", "my%20photo.png"])("filename=%s has a space", (spelled) => {
    expect(granted(`filename=${spelled}`).headers).toEqual([["x-amz-meta-filename", "my%20photo.png"]]);
  });

  test("an escaped plus is a plus, and names may be escaped", () => {
    expect(granted("file%6eame=1%2B1.png").headers).toEqual([["x-amz-meta-filename", "1%2B1.png"]]);
  });

  test("empty segments are ignored", () => {
    expect(granted("&filename=a&&expires-in=60&")).toMatchObject({ expiresInSeconds: 60 });
  });

  test.each([
    "text/plain; charset=utf-8",
    "text/plain;charset=utf-8",
    "image/svg+xml",
    "application/ld+json; charset=utf-8",
    "video/webm;codecs=vp9,opus",
    'video/mp4; codecs="avc1.42E01E, mp4a.40.2"',
  ])("content-type %s is the same in every encoding", (type) => {
    const [, sub = "", rest = ""] = /^([^;]*)(.*)$/.exec(type) ?? [];
    const spellings = [
      new URLSearchParams({ type }).toString().slice("type=".length), // as fetch, axios, requests, Java's URLEncoder
      encodeURIComponent(type),
      sub + rest.replaceAll(" ", "+").replaceAll('"', "%22"),
    ];
    for (const spelled of spellings)
      expect(granted(`content-type=${spelled}`).headers, spelled).toEqual([["content-type", type]]);
  });

  test("a space before the parameters is one space", () => {
    expect(granted("content-type=text/plain+;+charset=utf-8").headers).toEqual([
      ["content-type", "text/plain; charset=utf-8"],
    ]);
  });

  test.each(["%", "filename=%E4", "filename=%zz"])("%s is refused", (query) => {
    expect(faultOf(query)).toBe("The query string is not percent-encoded.");
  });
});

test.each(["multipart/form-data", "Multipart/Form-Data; boundary=a", "multipart/byteranges"])(
  "refuses content-type=%s, because every upload with it is refused",
  (type) => {
    expect(faultOf(`content-type=${encodeURIComponent(type)}`)).toMatch(
      /^content-type: expected the media type of the file/,
    );
  },
);

describe.each(numbers)("%s", (name, least, most, fault) => {
  test("is granted at its bounds", () => {
    for (const value of [least, most]) {
      const { expiresInSeconds, maxBytes, headers } = granted(`${name}=${value}`);
      const kept = { "expires-in": expiresInSeconds, "max-bytes": maxBytes, "content-length": Number(headers[0]?.[1]) };
      expect(kept).toHaveProperty(name, value);
    }
  });

  const wrong = [
    String(least - 1),
    String(most + 1),
    "",
    "1.0",
    "01",
    "+1",
    "-0",
    " 1",
    "1 ",
    "1e2",
    "0x1",
    "Infinity",
    "NaN",
    "9".repeat(17),
    "1,2",
    "١",
  ];
  test.each(wrong)("refuses %o without repeating it", (value) => {
    expect(faultOf(`${name}=${encodeURIComponent(value)}`)).toBe(fault);
  });
});

describe("content-type", () => {
  const types = [
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/plain;charset=utf-8",
    "text/plain; charset=utf-8",
    `a/${"b".repeat(127)}`,
    "X/Y",
  ];
  test.each(types)("pins %o unchanged", (type) => {
    expect(granted(`content-type=${encodeURIComponent(type)}`).headers).toEqual([["content-type", type]]);
  });

  const wrong = [
    "",
    "png",
    "image/",
    "/png",
    "image/png/x",
    "image/png\r\nx-amz-acl: public-read",
    "image/png\n",
    "image/pñg",
    "image/*",
    "*/*",
    "a b/c",
    "text/plain;  charset=utf-8",
    "text/plain; charset",
    `a/${"b".repeat(128)}`,
    `text/plain; charset=${"x".repeat(255)}`,
    "image/png\0",
  ];
  test.each(wrong)("%o is refused", (type) => {
    expect(faultOf(`content-type=${encodeURIComponent(type)}`)).toBe(
      "content-type: expected the media type of the file itself, such as image/png, of at most 255 characters.",
    );
  });
});

describe("filename", () => {
  const names = [
    "a.png",
    "naïve café.txt",
    "日本語.pdf",
    "😀.gif",
    "..",
    "../../etc/passwd",
    "C:\\x",
    'a"b;c.txt',
    "<script>",
    "%41",
    "a&b=c?d#e",
    " ",
    "\u202egnp.exe",
    "x".repeat(1024),
    "é".repeat(170),
  ];
  test.each(names)("pins %o percent-encoded, and decodes to the same", (name) => {
    const [[header, value] = []] = granted(`filename=${encodeURIComponent(name)}`).headers;
    expect(header).toBe("x-amz-meta-filename");
    expect(value).toMatch(/^[A-Za-z0-9._~%-]{1,1024}$/);
    expect(decodeURIComponent(value ?? "")).toBe(name);
  });

  const wrong = ["", "a\0b", "a\r\nb", "\t", "\x7f", "x".repeat(1025), "é".repeat(171), "日".repeat(114)];
  test.each(wrong)("%o is refused", (name) => {
    expect(faultOf(`filename=${encodeURIComponent(name)}`)).toBe(
      "filename: expected 1 to 1024 bytes once percent-encoded, without control characters.",
    );
  });
});

describe("extension", () => {
  test.each(["jpg", "7z", "a", "0123456789"])("%s becomes what the name ends in", (extension) => {
    expect(granted(`extension=${extension}`)).toMatchObject({ extension, headers: [] });
  });

  test.each(["", "JPG", ".jpg", "tar.gz", "a/b", "..", "é", "01234567890", "a b"])("%j is refused", (value) => {
    expect(faultOf(`extension=${encodeURIComponent(value)}`)).toBe(
      "extension: expected 1 to 10 lower-case letters or digits.",
    );
  });
});

describe("sha256", () => {
  test("gives the same base64 for upper and lower case", () => {
    const checksum = [["x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="]];
    for (const digits of [SHA256_OF_HELLO, SHA256_OF_HELLO.toUpperCase()])
      expect(granted(`sha256=${digits}`).headers).toEqual(checksum);
  });

  test.each(["", "0".repeat(63), "0".repeat(65), "g".repeat(64), "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="])(
    "%o is refused",
    (value) => {
      expect(faultOf(`sha256=${encodeURIComponent(value)}`)).toBe("sha256: expected 64 hex digits.");
    },
  );
});

describe("refuses the whole request for one fault:", () => {
  const unknown = (name: string) =>
    `Unknown parameter ${name}: expected expires-in, max-bytes, min-bytes, content-length, content-type, filename, extension, sha256.`;
  const MALFORMED = "The query string is not percent-encoded.";
  const wrong: [query: string, fault: string][] = [
    ["expires-in=60&expires-in=60", "expires-in: expected once, a whole number of seconds from 1 to 3600."],
    ["expires-in=60&expires%2Din=61", "expires-in: expected once, a whole number of seconds from 1 to 3600."],
    ["planted=1", unknown("planted")],
    ["Expires-In=60", unknown("Expires-In")],
    ["__proto__=1", unknown("__proto__")],
    ["constructor=1", unknown("constructor")],
    ["toString", unknown("toString")],
    ["x-once-max-bytes=5", unknown("x-once-max-bytes")],
    ["X-Amz-Expires=5", unknown("X-Amz-Expires")],
    ["expires-in=60&planted", unknown("planted")],
    ["%3Cb%3E%0A%C3%A9=1", unknown("?b???")],
    [`${"x".repeat(65)}=1`, unknown("x".repeat(64))],
    ["expires-in", "expires-in: expected a whole number of seconds from 1 to 3600."],
    ["%", MALFORMED],
    ["filename=%zz", MALFORMED],
    ["filename=%ff", MALFORMED],
    ["filename=%ed%a0%80", MALFORMED],
    ["filename=\ud800", MALFORMED],
    ["=60", MALFORMED],
    [
      "content-length=11&max-bytes=10",
      "content-length: expected max-bytes or less, a whole number of bytes from 0 to 10.",
    ],
    [
      "max-bytes=10&content-length=11",
      "content-length: expected max-bytes or less, a whole number of bytes from 0 to 10.",
    ],
  ];
  test.each(wrong)("%o", (query, fault) => {
    expect(faultOf(query)).toBe(fault);
  });

  test("lists retries among the expected parameters only if they are offered", () => {
    const offering = { ...LIMITS, retries: true };
    expect(faultOf("planted", offering)).toBe(unknown("planted").replace(/\.$/, ", retries."));
    expect(faultOf("retries=x", offering)).toBe("retries: expected same-client.");
    expect(faultOf("retries=same-client")).toBe("retries: expected nothing: no retries are offered here.");
  });

  test("accepts a content-length equal to max-bytes", () => {
    expect(granted("content-length=10&max-bytes=10").maxBytes).toBe(10);
  });
});

const anyName = fc.constantFrom(
  "expires-in",
  "max-bytes",
  "content-length",
  "content-type",
  "filename",
  "sha256",
  "other",
  "",
);
const anyValue = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.integer({ min: -2, max: 2_000_000 }).map(String),
  fc.constantFrom("image/png", SHA256_OF_HELLO, "a.png"),
);
const likely = fc
  .array(fc.tuple(anyName, anyValue), { maxLength: 7 })
  .map((parameters) => parameters.map(([name, value]) => `${name}=${percentEncode(value)}`).join("&"));

test("answers any query with a fault in printable ASCII, or with a grant within the limits", () => {
  let grants = 0;
  fc.assert(
    fc.property(
      fc.oneof(likely, fc.string({ unit: anyCharacter })),
      fc.integer({ min: 1, max: 3_600 }),
      (query, maxExpiresInSeconds) => {
        const limits = { ...LIMITS, maxExpiresInSeconds };
        const request = readGrantRequest(query, limits);
        if ("fault" in request) {
          expect(request.fault).toMatch(/^[ -~]{1,200}$/);
          return;
        }
        grants++;
        expect(request.expiresInSeconds).toBeGreaterThanOrEqual(1);
        expect(request.expiresInSeconds).toBeLessThanOrEqual(maxExpiresInSeconds);
        expect(request.maxBytes).toBeGreaterThanOrEqual(0);
        expect(request.maxBytes).toBeLessThanOrEqual(limits.maxBytes);
        expect(new Set(request.headers.map(([name]) => name)).size).toBe(request.headers.length);
        for (const [name, value] of request.headers) {
          expect(name).toMatch(/^(?:content-(?:type|length)|x-amz-(?:meta-filename|checksum-sha256))$/);
          expect(value).toMatch(/^[!-~](?:[ -~]*[!-~])?$/);
          if (name === "content-length") expect(Number(value)).toBeLessThanOrEqual(request.maxBytes);
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(grants).toBeGreaterThan(100);
});
