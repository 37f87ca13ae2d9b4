import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { plainTemplate } from "./plain-template.ts";

const FILE = resolve(import.meta.dirname, "../../../docs/cloudformation.json");

let template: object;
beforeAll(() => void (template = plainTemplate()), 60_000);

test("docs/cloudformation.json is the construct with its defaults; WRITE_TEMPLATE=1 writes it", async () => {
  if (process.env["WRITE_TEMPLATE"] === "1") await writeFile(FILE, `${JSON.stringify(template, null, 2)}\n`);
  expect(JSON.parse(await readFile(FILE, "utf8"))).toEqual(JSON.parse(JSON.stringify(template)));
});

test("everything that is referred to exists, and nothing is left of CDK", () => {
  const text = JSON.stringify(template, null, 2);
  const { Parameters, Resources } = JSON.parse(text) as { Parameters: object; Resources: object };
  const pattern = /"(?:Ref|Fn::GetAtt)": (?:\[\s*)?"([^"]+)"|\$\{([A-Za-z0-9:]+)/g;
  const referred = [...text.matchAll(pattern)].map(([, ref, sub]) => ref ?? sub ?? "");
  const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources), "AWS::AccountId", "AWS::StackName"]);
  expect(referred.length).toBeGreaterThan(20);
  expect(referred.filter((id) => !known.has(id))).toEqual([]);
  expect(text).not.toMatch(/cdk|[0-9A-F]{8}|as-parameter/);
});
