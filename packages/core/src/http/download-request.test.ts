import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { DOWNLOAD_TYPES, FILE_NAME_WORDS, isFileName } from "../ticket/download-ticket.ts";
import { percentEncode } from "../url/canonical-request.ts";
import { type AskedDownload, asksForDownload, readDownloadRequest } from "./download-request.ts";
import type { GrantLimits } from "./grant-request.ts";

const LIMITS: GrantLimits = { expiresInSeconds: 900, maxExpiresInSeconds: 3_600, maxBytes: 1_000 };

function asked(query: string, limits = LIMITS): AskedDownload {
  const request = readDownloadRequest(query, limits);
  if ("fault" in request) throw new Error(request.fault);
  return request;
}

function faultOf(query: string): string {
  const request = readDownloadRequest(query, LIMITS);
  if (!("fault" in request)) throw new Error(`asked: ${JSON.stringify(request)}`);
  return request.fault;
}

test.each([
  [true, "download=a"],
  [true, "download"],
  [true, "max-bytes=1&download="],
  [true, "%64ownload=a"],
  [false, ""],
  [false, "Download=a"],
  [false, "filename=download"],
  [false, "x=download%3Da"],
  [false, "download=%"],
])("%s: %o asks for a download", (is, query) => {
  expect(asksForDownload(query)).toBe(is);
});

test("reads the key, and has the lifetime of the settings and no more by default", () => {
  expect(asked("download=uploads/a.pdf")).toEqual({ key: "uploads/a.pdf", expiresInSeconds: 900 });
  expect(asked("download=uploads%2Fa+b/%C3%A9%2B.pdf").key).toBe("uploads/a b/é+.pdf");
  expect(asked("download=a", { ...LIMITS, maxExpiresInSeconds: 60 }).expiresInSeconds).toBe(60);
});

test("reads all parameters in any order, percent-encoded or not", () => {
  const query = "retries=none&content%2Dtype=application%2Fpdf&filename=a+b.pdf&confirm=never&expires-in=60&download=a";
  expect(asked(query)).toEqual({
    ...{ key: "a", expiresInSeconds: 60, fileName: "a b.pdf", contentType: "application/pdf" },
    ...{ confirm: "never", retries: "none" },
  });
});

test("takes each type that a browser does not run, as it is written", () => {
  for (const type of DOWNLOAD_TYPES) expect(asked(`download=a&content-type=${type}`).contentType).toBe(type);
});

test("takes any file name", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, minLength: 1 }).filter(isFileName), (name) => {
      expect(asked(`download=a&filename=${percentEncode(name)}`).fileName).toBe(name);
    }),
  );
});

describe("is all or nothing:", () => {
  const KEY = "download: expected the key of an object, without empty segments, . and .. or control characters.";
  const LIFE = "expires-in: expected a whole number of seconds from 1 to 3600.";
  const NAME = `filename: expected 1 to 1024 bytes once percent-encoded, ${FILE_NAME_WORDS}.`;
  const TYPE = `content-type: expected one of ${DOWNLOAD_TYPES.join(", ")}.`;
  const wrong: [query: string, fault: string][] = [
    ...["", "a//b", "/a", "a/", "a/./b", "a/../b", "..", "a%0Ab", "a%00", "a%5Cb", "a%C2%85"].map(
      (key): [string, string] => [`download=${key}`, KEY],
    ),
    ...["", "0", "3601", "-1", "1.5", "1e2", "%2B1", "9999999999999999999"].map((life): [string, string] => [
      `download=a&expires-in=${life}`,
      LIFE,
    ]),
    ...["", "a/b", "a%5Cb", "a%0D%0Ab", "..", "%E2%80%AEfdp.exe", "%E2%80%8Fa", "a".repeat(1_025)].map(
      (name): [string, string] => [`download=a&filename=${name}`, NAME],
    ),
    ...["", "text/html", "image/svg+xml", "TEXT/PLAIN", "text/plain;charset=utf-8"].map((type): [string, string] => [
      `download=a&content-type=${type}`,
      TYPE,
    ]),
    ["download=a&confirm=always", "confirm: expected never."],
    ["download=a&confirm", "confirm: expected never."],
    ["download=a&retries=same-client", "retries: expected none."],
    ["download=a&download=b", `download: expected once, ${KEY.slice("download: expected ".length)}`],
    ["download=a&filename=a&filename=a", `filename: expected once, ${NAME.slice("filename: expected ".length)}`],
  ];
  test.each(wrong)("%s", (query, fault) => {
    expect(faultOf(query)).toBe(fault);
  });

  test.each(["max-bytes", "extension", "sha256", "content-length", "key", "__proto__", "constructor", "toString"])(
    "no parameter %s",
    (name) => {
      const fault = faultOf(`download=a&${name}=1`);
      expect(fault).toBe(
        "A download has the parameters download, expires-in, filename, content-type, confirm, retries, and no other.",
      );
    },
  );

  test("no fault repeats what was sent", () => {
    for (const name of ["download", "expires-in", "filename", "content-type", "confirm", "retries", "other"])
      expect(faultOf(`download=a&${name}=hunter2/../PLANTED`)).not.toMatch(/hunter2|PLANTED/);
  });
});
