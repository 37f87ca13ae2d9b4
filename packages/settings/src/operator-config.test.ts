import { describe, expect, test } from "vitest";

import { SECRET, settings } from "../../../test/support/edge-settings.ts";
import { checkOperatorConfig, parseOperatorConfig } from "./operator-config.ts";
import { indexScope, parseVerifyConfigJson } from "./verify-config.ts";

/** Stands in every wrong value, and must never come back. */
const PLANTED = "hunter2-PLANTED";

test("reads the settings of the functions unchanged, and names the same index", () => {
  const functions = settings({ endpoint: "http://127.0.0.1:9000", index: { bucket: "some-index", prefix: "x/" } });
  const operator = parseOperatorConfig(functions);
  expect(operator).toMatchObject({ region: "eu-west-1", index: { bucket: "some-index", prefix: "x/" } });
  expect(indexScope(operator)).toBe(indexScope(parseVerifyConfigJson(JSON.stringify(functions))));
});

test("needs only a region and a bucket, and the rest has the functions' defaults", () => {
  expect(parseOperatorConfig({ region: "eu-west-1", uploads: { bucket: "some-uploads" } })).toEqual({
    region: "eu-west-1",
    forcePathStyle: false,
    uploads: { bucket: "some-uploads", prefix: "uploads/" },
    index: { prefix: "signatures/", strategy: "conditional" },
    originPath: "",
    signing: "at-issue",
    expiresInSeconds: 900,
    maxExpiresInSeconds: 3600,
    maxBytes: 5_368_709_120,
    cors: { origins: [], credentials: false },
    ifNoneMatch: false,
  });
});

test("ignores the authorizer", () => {
  expect(checkOperatorConfig(settings({ authorizer: PLANTED as "none" }))).toHaveProperty("config");
});

describe("names what is wrong field by field, without values:", () => {
  const wrong: [name: string, settings: unknown, fields: string[]][] = [
    ["nothing at all", undefined, [""]],
    ["a list", [PLANTED], [""]],
    ["what is required left out", {}, ["region", "uploads"]],
    ["an unknown field", { ...settings(), [PLANTED]: 1 }, [PLANTED]],
    ["an unknown nested field", { ...settings(), index: { buckets: PLANTED } }, ["index.buckets"]],
    [
      "values of another form",
      { ...settings(), region: PLANTED, forcePathStyle: PLANTED },
      ["region", "forcePathStyle"],
    ],
    ["no key in the list", { ...settings(), keys: [] }, ["keys"]],
    ["a short secret", { ...settings(), keys: [{ id: "k", secret: PLANTED }] }, ["keys.0.secret"]],
    [
      "an id twice",
      {
        ...settings(),
        keys: [
          { id: "k", secret: SECRET },
          { id: "k", secret: SECRET },
        ],
      },
      ["keys"],
    ],
    ["an index among the uploads", { ...settings(), index: { prefix: "uploads/x/" } }, ["index.prefix"]],
  ];
  test.each(wrong)("%s", (_name, given, fields) => {
    const checked = checkOperatorConfig(given);
    const faults = "faults" in checked ? checked.faults : [];
    expect(faults.map(({ field }) => field)).toEqual(fields);
    for (const { problem } of faults) expect(problem).toMatch(/expected|unknown field/);
    expect(JSON.stringify(faults.map(({ problem }) => problem))).not.toContain(PLANTED);
    expect(() => parseOperatorConfig(given)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
