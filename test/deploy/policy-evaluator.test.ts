import { describe, expect, test } from "vitest";

import { type AccessRequest, allows, type Policy } from "./policy-evaluator.ts";

const get: AccessRequest = { action: "s3:GetObject", resource: "arn:aws:s3:::b/folder/key" };

function policy(...Statement: Policy["Statement"]): Policy {
  return { Version: "2012-10-17", Statement };
}

const allowAll = { Effect: "Allow", Action: "s3:*", Resource: "*" } as const;

test("denies what no statement allows", () => {
  expect(allows([], get)).toBe(false);
  expect(allows([policy({ ...allowAll, Action: "s3:PutObject" })], get)).toBe(false);
  expect(allows([policy({ ...allowAll, Resource: "arn:aws:s3:::c/*" })], get)).toBe(false);
});

test("lets a denial in any policy win", () => {
  const deny = policy({ Effect: "Deny", Action: "s3:Get*", Resource: "arn:aws:s3:::b/*" });
  expect(allows([policy(allowAll)], get)).toBe(true);
  expect(allows([policy(allowAll), deny], get)).toBe(false);
  expect(allows([deny, policy(allowAll)], get)).toBe(false);
});

const patterns: [string, boolean][] = [
  ["arn:aws:s3:::b/folder/key", true],
  ["arn:aws:s3:::b/*", true],
  ["arn:aws:s3:::b/folder/ke?", true],
  ["arn:aws:s3:::b/folder", false],
  ["arn:aws:s3:::b", false],
  ["arn:aws:s3:::b/other*", false],
  ["arn.aws.s3...b/folder/key", false],
];

test.each(patterns)("the resource %s covers the key: %s", (Resource, covered) => {
  expect(allows([policy({ ...allowAll, Resource })], get)).toBe(covered);
});

describe("conditions", () => {
  const cases: [condition: object, value: string | undefined, holds: boolean][] = [
    [{ StringEquals: { key: "a" } }, "a", true],
    [{ StringEquals: { key: ["b", "a"] } }, "a", true],
    [{ StringEquals: { key: "a*" } }, "ab", false],
    [{ StringLike: { key: "a*" } }, "ab", true],
    [{ StringLike: { key: "a*" } }, "ba", false],
    [{ StringLike: { key: "a*" } }, undefined, false],
    [{ StringLikeIfExists: { key: "a*" } }, undefined, true],
    [{ StringLikeIfExists: { key: "a*" } }, "ba", false],
    [{ Null: { key: "false" } }, "a", true],
    [{ Null: { key: "false" } }, undefined, false],
    [{ Null: { key: "true" } }, undefined, true],
    [{ Bool: { key: "false" } }, "false", true],
    [{ Bool: { key: "false" } }, "true", false],
    [{ StringEquals: { key: "a" }, Null: { other: "true" } }, "a", true],
    [{ StringEquals: { key: "a" }, Null: { other: "false" } }, "a", false],
  ];
  test.each(cases)("%j of %s: %s", (Condition, key, holds) => {
    const statement = { ...allowAll, Condition } as Policy["Statement"][number];
    expect(allows([policy(statement)], { ...get, context: { key } })).toBe(holds);
  });
});

test("throws for statements that it does not understand", () => {
  const numeric = { ...allowAll, Condition: { NumericLessThan: { key: "1" } } };
  expect(() => allows([policy(numeric)], { ...get, context: { key: "0" } })).toThrow(/NumericLessThan/);
  const inverted = { Effect: "Allow", Action: "s3:*", Resource: "*", NotResource: "x" } as const;
  expect(() => allows([policy(inverted)], get)).toThrow(/NotResource/);
});
