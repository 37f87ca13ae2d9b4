import { expect, test } from "vitest";

import { mayAllow, parseStatements, type Statement, trusts } from "./policy-statements.ts";

const ENTRY = "arn:aws:s3:::index/signatures/x";
const put = { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::index/signatures/*" } as const;

test.each<[what: string, statements: Statement[], allowed: boolean]>([
  ["no statement", [], false],
  ["the action on its folder", [put], true],
  ["another action", [{ ...put, Action: "s3:GetObject" }], false],
  ["another folder", [{ ...put, Resource: "arn:aws:s3:::index/elsewhere/*" }], false],
  ["a wildcard for actions, in another case", [{ ...put, Action: ["S3:put*"] }], true],
  ["one character of a resource", [{ ...put, Resource: "arn:aws:s3:::index/signatures/?" }], true],
  ["a resource in another case", [{ ...put, Resource: ENTRY.replace("index", "INDEX") }], false],
  ["all actions but one", [{ Effect: "Allow", NotAction: "s3:GetObject", Resource: "*" }], true],
  ["all actions but this one", [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }], false],
  ["all resources but this one", [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::index/*" }], false],
  ["a condition", [{ ...put, Condition: { Null: { "s3:if-match": "false" } } }], true],
  ["a denial", [put, { ...put, Effect: "Deny" }], false],
  ["a denial under a condition", [put, { ...put, Effect: "Deny", Condition: { Bool: {} } }], true],
])("%s: %#", (_, statements, allowed) => {
  expect(mayAllow(statements, "s3:PutObject", ENTRY)).toBe(allowed);
});

test("a role is assumed by the services that its policy names, in a list or alone", () => {
  const trust = (Principal: unknown, Action = "sts:AssumeRole"): Statement[] => [
    { Effect: "Allow", Action, Principal },
  ];
  expect(trusts(trust({ Service: ["a.amazonaws.com", "lambda.amazonaws.com"] }), "lambda.amazonaws.com")).toBe(true);
  expect(trusts(trust({ Service: "lambda.amazonaws.com" }), "lambda.amazonaws.com")).toBe(true);
  expect(trusts(trust({ Service: "lambda.amazonaws.com" }), "edgelambda.amazonaws.com")).toBe(false);
  expect(trusts(trust({ AWS: "lambda.amazonaws.com" }), "lambda.amazonaws.com")).toBe(false);
  expect(trusts(trust("*"), "lambda.amazonaws.com")).toBe(false);
  expect(trusts(trust({ Service: "lambda.amazonaws.com" }, "sts:TagSession"), "lambda.amazonaws.com")).toBe(false);
});

test("a document is JSON, escaped as in a URL; one statement needs no list", () => {
  expect(parseStatements(encodeURIComponent(JSON.stringify({ Statement: put })))).toEqual([put]);
  expect(parseStatements(encodeURIComponent(JSON.stringify({ Statement: [put] })))).toEqual([put]);
});
