import { describe, expect, test } from "vitest";

import type { CallerLimits } from "../ports/authorizer.ts";
import { type GrantLimits, type GrantRequest, narrow, readGrantRequest } from "./grant-request.ts";

const SETTINGS: GrantLimits = { expiresInSeconds: 900, maxExpiresInSeconds: 3_600, maxBytes: 1_000 };

const read = (caller: CallerLimits, query = "") => readGrantRequest(query, narrow(SETTINGS, caller));

function granted(caller: CallerLimits, query = ""): GrantRequest {
  const request = read(caller, query);
  if ("fault" in request) throw new Error(request.fault);
  return request;
}

const typeOf = (request: GrantRequest) => new Map(request.headers).get("content-type");

test("without limits of a caller those of the settings hold", () => {
  expect(granted({})).toEqual({ expiresInSeconds: 900, maxBytes: 1_000, headers: [] });
});

describe("of two limits the narrower one holds:", () => {
  test.each<[caller: CallerLimits, expected: Partial<GrantRequest>]>([
    [{ maxBytes: 10 }, { maxBytes: 10 }],
    [{ maxBytes: 2_000 }, { maxBytes: 1_000 }],
    [{ expiresInSeconds: 60 }, { expiresInSeconds: 60 }],
    [{ expiresInSeconds: 86_400 }, { expiresInSeconds: 900 }],
    [{ minBytes: 5 }, { minBytes: 5 }],
  ])("%j", (caller, expected) => expect(granted(caller)).toMatchObject(expected));
});

describe("a request may narrow its limits and not widen them:", () => {
  test.each<[caller: CallerLimits, narrower: string, wider: string, fault: string]>([
    [{ maxBytes: 10 }, "max-bytes=9", "max-bytes=11", "max-bytes: expected a whole number of bytes from 0 to 10."],
    [
      { maxBytes: 10 },
      "content-length=10",
      "content-length=11",
      "content-length: expected a whole number of bytes from 0 to 10.",
    ],
    [{ minBytes: 5 }, "min-bytes=6", "min-bytes=4", "min-bytes: expected a whole number of bytes from 5 to 1000."],
    [
      { minBytes: 5 },
      "content-length=5",
      "content-length=4",
      "content-length: expected a whole number of bytes from 5 to 1000.",
    ],
    [{ minBytes: 5 }, "max-bytes=5", "max-bytes=4", "max-bytes: expected a whole number of bytes from 5 to 1000."],
    [
      { expiresInSeconds: 60 },
      "expires-in=60",
      "expires-in=61",
      "expires-in: expected a whole number of seconds from 1 to 60.",
    ],
    [{ extension: "jpg" }, "extension=jpg", "extension=html", "extension: expected jpg."],
    [
      { contentTypes: ["image/*"] },
      "content-type=image/png",
      "content-type=text/html",
      "content-type: expected one of image/*.",
    ],
  ])("%j", (caller, narrower, wider, fault) => {
    expect(read(caller, narrower)).not.toHaveProperty("fault");
    expect(read(caller, wider)).toEqual({ fault });
  });
});

describe("media types", () => {
  const images = { contentTypes: ["image/png", "image/jpeg"] };

  test("have to be asked for by name, where there are several", () => {
    expect(read(images)).toEqual({ fault: "content-type: missing, expected one of image/png, image/jpeg." });
    expect(read({ contentTypes: ["image/*"] })).toEqual({ fault: "content-type: missing, expected one of image/*." });
    expect(typeOf(granted(images, "content-type=image/jpeg"))).toBe("image/jpeg");
  });

  test("are bound without being asked for, where there is one", () => {
    expect(typeOf(granted({ contentTypes: ["image/png"] }))).toBe("image/png");
  });

  test("of a kind end at the slash", () => {
    expect(typeOf(granted({ contentTypes: ["image/*"] }, "content-type=image/x"))).toBe("image/x");
    expect(read({ contentTypes: ["image/*"] }, "content-type=imagex/png")).toHaveProperty("fault");
  });

  test.each(["IMAGE/PNG", "image/png;charset=utf-8"])("are compared as types: %s", (type) => {
    expect(typeOf(granted(images, `content-type=${type}`))).toBe(type);
  });

  test.each(["image/pngx", "image/", "image", "ximage/png", "text/html;a=image/png", "multipart/form-data"])(
    "that are others are refused: %s",
    (type) => expect(read(images, `content-type=${type}`)).toHaveProperty("fault"),
  );
});

test("a fixed extension is that of every object", () => {
  expect(granted({ extension: "jpg" })).toMatchObject({ extension: "jpg" });
});

test("metadata is bound, and nothing that a request asks for replaces it", () => {
  const caller = { metadata: { "uploaded-by": "anna", team: "a b" } };
  expect(granted(caller, "filename=a.png").headers).toEqual([
    ["x-amz-meta-uploaded-by", "anna"],
    ["x-amz-meta-team", "a b"],
    ["x-amz-meta-filename", "a.png"],
  ]);
});

describe("what is asked for must not contradict itself:", () => {
  test.each([
    ["min-bytes=6&max-bytes=5", "min-bytes: expected max-bytes or less, a whole number of bytes from 0 to 5."],
    ["min-bytes=6&content-length=5", "content-length: expected min-bytes or more, 6."],
    [
      "max-bytes=5&content-length=6",
      "content-length: expected max-bytes or less, a whole number of bytes from 0 to 5.",
    ],
  ])("%s", (query, fault) => expect(read({}, query)).toEqual({ fault }));
});
