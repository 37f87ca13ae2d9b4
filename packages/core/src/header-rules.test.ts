import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { canonicalQuery, type QueryParameter } from "./canonical-request.ts";
import { CLIENT_HEADER } from "./client-secret.ts";
import type { HeaderField } from "./header-field.ts";
import { findHeaderFault, MAX_HEADER_BYTES, MAX_PUT_BYTES } from "./header-rules.ts";
import { readSignedUrl, type SignedUrl } from "./signed-url.ts";

const LENGTH: HeaderField = ["content-length", "5"];
const MD5_OF_NOTHING = "1B2M2Y8AsgTpgAmY7PhCfg==";

test("an upload of what any client sends is in order", () => {
  const headers: HeaderField[] = [
    ["host", "d111111abcdef8.cloudfront.net"],
    ["user-agent", "curl/8.5.0"],
    ["accept", "*/*"],
    ["origin", "https://example.com"],
    ["content-type", "image/png"],
    ["content-md5", MD5_OF_NOTHING],
    ["x-forwarded-for", "192.0.2.1"],
    LENGTH,
  ];
  expect(findHeaderFault(headers, urlSigning())).toBeUndefined();
});

describe("refused, because S3 takes one proof only", () => {
  test("an Authorization header", () => {
    expect(fault(["authorization", "Bearer x"])).toMatchObject({
      reason: "header-refused",
      message: expect.stringMatching(/Authorization/),
    });
  });
});

describe("refused, because S3 refuses or heeds what the URL does not sign", () => {
  test.each(["x-amz-acl", "x-amz-meta-filename", "x-amz-content-sha256", "x-amz-security-token", "x-amz-"])(
    "%s",
    (name) => {
      expect(fault([name, "private"])).toMatchObject({
        reason: "header-refused",
        message: `The header ${name} is not signed into the URL.`,
      });
    },
  );

  test("but an x-amz- header that is signed is asked for", () => {
    const url = urlSigning({ "x-amz-meta-filename": "a.png" });
    expect(fault(["x-amz-meta-filename", "a.png"], url)).toBeUndefined();
    expect(fault(["x-amz-meta-filename", "b.png"], url)).toMatchObject({ reason: "header-refused" });
  });

  test.each(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "if-"])(
    "%s",
    (name) => {
      expect(fault([name, "*"])).toMatchObject({
        reason: "header-refused",
        message: `The header ${name} is not signed into the URL.`,
      });
    },
  );

  test("If-None-Match even where the URL signs it, because the edge adds it by itself", () => {
    const url = urlSigning({}, ["if-none-match"]);
    expect(fault(["if-none-match", "*"], url)).toMatchObject({ reason: "header-refused" });
    expect(findHeaderFault([LENGTH], url)).toBeUndefined();
  });
});

describe("refused, because they belong to the edge", () => {
  test.each(["x-once-lock", "x-once-tag", "x-once-anything"])("%s", (name) => {
    expect(fault([name, "a"])).toMatchObject({
      reason: "header-refused",
      message: `The header ${name} is for the edge alone.`,
    });
  });

  test("a lock header that a client made up, though the URL signs one", () => {
    expect(fault(["x-once-lock", "a".repeat(64)], urlSigning())).toMatchObject({ reason: "header-refused" });
  });

  test.each(["", "1", "2"])("the id of the grant, though the URL signs it: %j", (id) => {
    const url = urlSigning({}, ["x-amz-meta-presign-once-id"]);
    expect(fault(["x-amz-meta-presign-once-id", id], url)).toEqual({
      reason: "header-refused",
      message: "The header x-amz-meta-presign-once-id is for the edge alone.",
    });
    expect(findHeaderFault([LENGTH], url)).toBeUndefined();
  });
});

describe("Content-MD5", () => {
  test.each([MD5_OF_NOTHING, "A".repeat(22) + "==", "+/+/".repeat(5) + "+Q==", "0".repeat(21) + "w=="])(
    "%s is in order",
    (md5) => {
      expect(fault(["content-md5", md5])).toBeUndefined();
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
  ])("%s is refused", (_, md5) => {
    expect(fault(["content-md5", md5])).toEqual({
      reason: "header-refused",
      message: "Content-MD5 is not the base64 of 16 bytes.",
    });
  });
});

describe("repeated", () => {
  test.each(["content-length", "content-type", "host", "user-agent", "x-forwarded-for"])("%s is refused", (name) => {
    const value = name === "content-length" ? "5" : "a";
    expect(findHeaderFault([[name, value], LENGTH, [name, value]], urlSigning())).toEqual({
      reason: "header-refused",
      message: `The header ${name === "content-length" ? LENGTH[0] : name} was sent twice.`,
    });
  });

  test("cookie is in order, as HTTP/2 clients may split it", () => {
    expect(findHeaderFault([["cookie", "a=1"], ["cookie", "b=2"], LENGTH], urlSigning())).toBeUndefined();
  });

  test("cookie is refused where the URL signs it", () => {
    const url = urlSigning({ cookie: "a=1" });
    expect(fault(["cookie", "a=1"], url)).toBeUndefined();
    expect(findHeaderFault([["cookie", "b=2"], ["cookie", "a=1"], LENGTH], url)).toEqual({
      reason: "header-refused",
      message: "The header cookie was sent twice.",
    });
  });
});

describe("Content-Length", () => {
  test.each(["0", "1", "10", String(MAX_PUT_BYTES)])("%s is in order", (length) => {
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

  test("one byte over 5 GiB is too large", () => {
    expect(MAX_PUT_BYTES).toBe(5_368_709_120);
    for (const length of ["5368709121", "9007199254740993", "9999999999999999"])
      expect(findHeaderFault([["content-length", length]], urlSigning())).toMatchObject({ reason: "entity-too-large" });
  });

  test("none is refused, chunked or not", () => {
    expect(findHeaderFault([], urlSigning())).toMatchObject({ reason: "content-length-missing" });
    expect(findHeaderFault([["transfer-encoding", "chunked"]], urlSigning())).toMatchObject({
      reason: "content-length-missing",
    });
  });

  test("beside a Transfer-Encoding is refused", () => {
    expect(fault(["transfer-encoding", "chunked"])).toEqual({
      reason: "header-refused",
      message: "Content-Length and Transfer-Encoding exclude each other.",
    });
  });
});

describe("a signed header", () => {
  const url = urlSigning({ "content-type": "text/plain; charset=utf-8", "content-length": "5" });
  const granted: HeaderField[] = [["content-type", "text/plain; charset=utf-8"], LENGTH];

  test("must be sent exactly as granted", () => {
    expect(findHeaderFault(granted, url)).toBeUndefined();
  });

  test.each([
    "text/plain",
    "text/plain;charset=utf-8",
    "text/plain; charset=UTF-8",
    "text/plain; charset=utf-8 ",
    " text/plain; charset=utf-8",
    "text/plain;  charset=utf-8",
    "",
  ])("is refused as %j", (value) => {
    expect(findHeaderFault([["content-type", value], LENGTH], url)).toEqual({
      reason: "header-refused",
      message: "The header content-type must be sent with exactly the value that was granted.",
    });
  });

  test("is refused when it is missing", () => {
    expect(findHeaderFault([LENGTH], url)).toMatchObject({
      message: expect.stringMatching(/content-type must be sent/),
    });
  });

  test("may bind the length", () => {
    expect(
      findHeaderFault(
        [
          ["content-type", "text/plain; charset=utf-8"],
          ["content-length", "6"],
        ],
        url,
      ),
    ).toEqual({
      reason: "header-refused",
      message: "The header content-length must be sent with exactly the value that was granted.",
    });
  });

  test("whose value the URL does not show is refused, sent or not", () => {
    const hidden = urlSigning({}, ["x-secret"]);
    const message = "The URL signs the header x-secret without showing its value.";
    expect(findHeaderFault([LENGTH], hidden)).toEqual({ reason: "header-refused", message });
    expect(fault(["x-secret", ""], hidden)).toEqual({ reason: "header-refused", message });
  });

  test("host and the lock are the edge's own and need not be shown", () => {
    expect(urlSigning().signedHeaders).toEqual(["host", "x-once-lock"]);
    expect(findHeaderFault([LENGTH], urlSigning())).toBeUndefined();
  });
});

describe("a URL granted for 1,000 bytes at most", () => {
  const url = urlSigning({}, [], [["x-once-max-bytes", "1000"]]);

  test.each(["0", "999", "1000"])("takes %s", (length) => {
    expect(findHeaderFault([["content-length", length]], url)).toBeUndefined();
  });

  test.each(["1001", "10000", String(MAX_PUT_BYTES)])("refuses %s", (length) => {
    expect(findHeaderFault([["content-length", length]], url)).toEqual({
      reason: "entity-too-large",
      message: "This URL was granted for 1000 bytes at most.",
    });
  });

  test("refuses an upload that does not say its length", () => {
    expect(findHeaderFault([], url)).toMatchObject({ reason: "content-length-missing" });
  });

  test("takes nothing at all, should the limit not be a number", () => {
    const broken = urlSigning({}, [], [["x-once-max-bytes", "many"]]);
    expect(fault(["user-agent", "curl"], broken)).toMatchObject({ reason: "entity-too-large" });
  });

  test("may be granted for an empty upload only", () => {
    const empty = urlSigning({}, [], [["x-once-max-bytes", "0"]]);
    expect(findHeaderFault([["content-length", "0"]], empty)).toBeUndefined();
    expect(findHeaderFault([["content-length", "1"]], empty)).toMatchObject({ reason: "entity-too-large" });
  });
});

describe("Content-Encoding", () => {
  test.each(["aws-chunked", "gzip, aws-chunked", "AWS-Chunked"])(
    "%s is refused, because such bodies are signed chunk by chunk",
    (value) => {
      expect(fault(["content-encoding", value])).toEqual({
        reason: "header-refused",
        message: "A presigned upload cannot be aws-chunked.",
      });
    },
  );

  test("gzip is in order", () => {
    expect(fault(["content-encoding", "gzip"])).toBeUndefined();
  });
});

describe("headers that S3 stores with the object", () => {
  const stored = [
    "content-type",
    "content-disposition",
    "content-encoding",
    "content-language",
    "cache-control",
    "expires",
  ];

  test.each(stored)("%s must be printable ASCII", (name) => {
    for (const value of ["é", "a\0", "a\u007f", "a\n", "\u0080", "\ud800"])
      expect(fault([name, value])).toEqual({
        reason: "header-refused",
        message: `The header ${name} is not printable ASCII.`,
      });
    for (const value of ["", "a b", "a\tb", "!~"]) expect(fault([name, value])).toBeUndefined();
  });

  test.each(["user-agent", "referer", "cookie"])("%s, which S3 does not store, need not be ASCII", (name) => {
    expect(fault([name, "é"])).toBeUndefined();
  });
});

describe("all headers together", () => {
  test("may take 7,168 bytes and not one more, each with its colon, space and line end", () => {
    const lengthBytes = "content-length: 5\r\n".length;
    const room = MAX_HEADER_BYTES - lengthBytes - "user-agent: \r\n".length;
    expect(MAX_HEADER_BYTES).toBe(7_168);
    expect(fault(["user-agent", "a".repeat(room)])).toBeUndefined();
    expect(fault(["user-agent", "a".repeat(room + 1)])).toEqual({
      reason: "header-refused",
      message: "The headers are longer than 7168 bytes.",
    });
  });

  test("are added up", () => {
    const many = Array.from({ length: 100 }, (_, i): HeaderField => [
      `header-${String(i).padStart(3, "0")}`,
      "a".repeat(80),
    ]);
    expect(findHeaderFault([...many, LENGTH], urlSigning())).toMatchObject({
      message: expect.stringMatching(/longer than 7168/),
    });
    expect(findHeaderFault([...many.slice(0, 70), LENGTH], urlSigning())).toBeUndefined();
  });
});

describe("what is said about a fault", () => {
  test("repeats no value", () => {
    const secret = "s3cr3t\0";
    const url = urlSigning({ "content-type": "text/plain" });
    const names = [
      "authorization",
      "x-amz-acl",
      "if-match",
      "x-once-lock",
      "content-md5",
      "cache-control",
      "content-length",
    ];
    for (const name of [...names, "content-type"]) {
      const found = findHeaderFault([[name, secret]], url);
      expect(found).toBeDefined();
      expect(found?.message).not.toContain("s3cr3t");
    }
  });

  test("repeats a name only in part and only in token characters", () => {
    const found = fault([`x-amz-<script>\n${"a".repeat(100)}`, ""]);
    expect(found?.message).toBe(
      `The header x-amz-?script??${"a".repeat(49)} has other characters in its name than letters, digits and -.`,
    );
  });
});

describe("refused, because servers differ in what they read", () => {
  test.each([
    "x_amz_copy_source",
    "x_amz_acl",
    "if_match",
    "content_md5",
    "x_once_lock",
    "x-amz_acl",
    "x.amz.acl",
    "é",
  ])("a header named %s, which Ceph takes for one of S3's", (name) => {
    expect(fault([name, "/other-bucket/secret"])).toMatchObject({ reason: "header-refused" });
  });

  test.each(["Authorization", "X-Amz-Acl"])("a header named %s, which a caller forgot to put in lower case", (name) => {
    expect(fault([name, "a"])).toMatchObject({ reason: "header-refused" });
  });

  test.each(["a\0b", "a\rb", "a\nb", "a\u001fb", "a\u007fb"])("a control character in a value: %j", (value) => {
    expect(fault(["x-note", value])).toMatchObject({ reason: "header-refused" });
  });

  test("but not a tab, nor UTF-8 in a header that S3 does not store", () => {
    expect(fault(["x-note", "a\tb"])).toBeUndefined();
    expect(fault(["user-agent", "Bücherwurm/1"])).toBeUndefined();
  });

  test("a change of protocol", () => {
    expect(fault(["upgrade", "websocket"])).toMatchObject({ reason: "header-refused" });
  });
});

test("no header makes the check throw", () => {
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

  test("is in order where retries were granted, and S3 bound to keep one object", () => {
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

/** The first fault of an upload with this header beside its length. */
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
