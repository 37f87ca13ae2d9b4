import { describe, expect, test } from "vitest";

import type { HeaderField } from "../ports/header-field.ts";
import { ADDED_METADATA } from "../url/added-metadata.ts";
import { MAX_GRANT_ID_LENGTH } from "../url/grant-id.ts";
import { CLIENT_HEADER } from "./client-secret.ts";
import {
  MAX_METADATA_BYTES,
  MAX_STORED_BYTES,
  METADATA_PREFIX,
  readUploadHeaders,
  STORED_HEADERS,
} from "./upload-headers.ts";

function faultOf(headers: readonly HeaderField[], granted: readonly HeaderField[] = []): string | undefined {
  const read = readUploadHeaders(headers, { granted: new Map(granted), allowsRetries: false });
  return "fault" in read ? read.fault.message : undefined;
}

function keptOf(headers: readonly HeaderField[], granted: readonly HeaderField[] = []): Record<string, string> {
  const read = readUploadHeaders(headers, { granted: new Map(granted), allowsRetries: false });
  if ("fault" in read) throw new Error(read.fault.message);
  return Object.fromEntries(read.kept);
}

describe("refuses a form around the file:", () => {
  test.each([
    "multipart/form-data; boundary=a",
    "Multipart/Form-Data;boundary=a",
    " multipart/form-data",
    "multipart/form-data ;",
    "multipart/byteranges; boundary=a",
  ])("%j", (type) => {
    expect(faultOf([["content-type", type]])).toMatch(/^The body must be the file alone/);
    expect(faultOf([["content-type", type]], [["content-type", type]]), "granted").toMatch(
      /^The body must be the file/,
    );
  });

  test.each(["multipart/related", "application/x-www-form-urlencoded", "text/multipart/form-data"])(
    "%s may be the type of a file",
    (type) => {
      expect(keptOf([["content-type", type]])).toEqual({ "content-type": type });
    },
  );
});

describe("refuses a part of a file:", () => {
  test.each([
    ["content-range", "bytes 5-9/10"],
    ["content-range", "bytes */10"],
    ["content-range", ""],
    ["upload-offset", "0"],
    ["upload-complete", "?0"],
    ["upload-incomplete", "?1"],
  ])("%s: %s", (name, value) => {
    expect(faultOf([[name, value]])).toBe(
      `An upload must bring the whole file in one request, so it cannot have the header ${name}.`,
    );
  });

  test.each([
    ["upload-complete", "?1"],
    ["upload-incomplete", "?0"],
    ["range", "bytes=0-4"],
  ])("%s: %s is no part", (name, value) => {
    expect(faultOf([[name, value]])).toBeUndefined();
  });
});

describe.each([...STORED_HEADERS])("%s, which is stored with the object", (name) => {
  const isDate = name === "expires";
  const good = isDate ? "Thu, 01 Jan 2026 00:00:00 GMT" : "a b;c=1";

  test("is kept unchanged", () => {
    expect(keptOf([[name, good]])).toEqual({ [name]: good });
  });

  test.each(["a\tb", "a  b", "a\t", " a", "a ", "\t", " ", "é", "a\0", "a\x7f", "a\nb", "\ud800"])(
    "is refused with the value %j, which is signed differently from how it is sent",
    (value) => {
      expect(faultOf([[name, value]])).toBe(`The header ${name} must be printable ASCII with single spaces.`);
    },
  );

  test("is ignored if it is empty", () => {
    expect(keptOf([[name, ""]])).toEqual({});
  });
});

test.each(["0", "-1", "tomorrow", "Thu, 99 Jan 2026 00:00:00 GMT"])(
  "drops an Expires of %s, which is no date",
  (value) => {
    expect(keptOf([["expires", value]])).toEqual({});
    expect(faultOf([["expires", value]], [["expires", value]]), "granted").toBe(
      "The header expires is not an HTTP date.",
    );
  },
);

describe("sizes", () => {
  test("allows 1,792 bytes of stored headers, names and values together", () => {
    const room = MAX_STORED_BYTES - "cache-control".length - "content-typea/b".length;
    const type: HeaderField = ["content-type", "a/b"];
    expect(faultOf([type, ["cache-control", "a".repeat(room)]])).toBeUndefined();
    expect(faultOf([type, ["cache-control", "a".repeat(room + 1)]])).toMatch(/longer than 1792 bytes/);
  });

  test("allows 1,820 bytes of granted metadata, counted separately from stored headers", () => {
    const name = "x-amz-meta-a";
    const full: HeaderField = [name, "a".repeat(MAX_METADATA_BYTES - name.length)];
    const cache: HeaderField = ["cache-control", "a".repeat(1_700)];
    expect(faultOf([full, cache], [full])).toBeUndefined();
    const over: HeaderField = [name, `${full[1]}a`];
    expect(faultOf([over], [over])).toMatch(/metadata is longer than 1820 bytes/);
  });

  test("leaves room in S3's 2 KB for the metadata that presign-once adds", () => {
    const values = [MAX_GRANT_ID_LENGTH, crypto.randomUUID().length];
    const added = ADDED_METADATA.map((name, i) => METADATA_PREFIX.length + name.length + values[i]!);
    expect(added.reduce((sum, bytes) => sum + bytes, MAX_METADATA_BYTES)).toBeLessThanOrEqual(2_048);
  });
});

describe("refuses what S3 would refuse, or what must not be ignored:", () => {
  test.each(["x-amz-acl", "x-amz-meta-a", "x-amz-", "if-match", "if-none-match", "if-", "x-amz-copy-source"])(
    "%s",
    (name) => {
      expect(faultOf([[name, "planted"]])).toBe(`The header ${name} was not granted with this URL.`);
      expect(keptOf([[name, "a"]], [[name, "a"]])).toEqual({ [name]: "a" });
    },
  );

  test.each(["x-once-lock", "x-once-a"])("%s", (name) => {
    expect(faultOf([[name, "planted"]])).toBe(`The header ${name} is reserved.`);
  });

  test.each(["aws-chunked", "gzip, AWS-Chunked"])("content-encoding %s", (value) => {
    expect(faultOf([["content-encoding", value]])).toMatch(/cannot be aws-chunked/);
  });

  test("the secret of a client if no retries were granted", () => {
    expect(faultOf([[CLIENT_HEADER, "s".repeat(22)]])).toMatch(/granted retries/);
  });
});

test("shows only a part of a granted value that is long or not ASCII", () => {
  const long: HeaderField = ["x-a", "v".repeat(301)];
  expect(faultOf([], [long])).toMatch(/: "v{300}\.\.\."\.$/);
  expect(faultOf([], [["x-a", "é\n"]])).toMatch(/: "\?\?"\.$/);
});
