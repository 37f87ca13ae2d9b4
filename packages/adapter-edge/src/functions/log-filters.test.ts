import { readdirSync, readFileSync } from "node:fs";

import type { Claimant, SignatureHash } from "@presign-once/core";
import { describeDecision } from "@presign-once/core/http";
import { describe, expect, test } from "vitest";

const DOCS = new URL("../../../../docs/", import.meta.url);

/** The `--filter-pattern` of every command in the docs: the field and its value. */
const documented = readdirSync(DOCS)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) => [
    ...readFileSync(new URL(name, DOCS), "utf8").matchAll(/--filter-pattern (?<quote>['"])(?<pattern>.*?)\k<quote>/g),
  ])
  .map(({ groups }) => groups?.["pattern"] ?? "");

/**
 * Whether CloudWatch Logs would find a line by a pattern of the form `{ $.field = "value" }`, which applies to lines that
 * are JSON as a whole.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function matches(pattern: string, line: string): boolean {
  const [, field = "", value] = /^\{ \$\.(\w+) = "([\w-]+)" \}$/.exec(pattern) ?? [];
  try {
    return (JSON.parse(line) as Record<string, unknown>)[field] === value;
  } catch {
    return false;
  }
}

const line = describeDecision(
  {
    status: "refused",
    reason: "already-claimed",
    hash: `1c602f3ac0fc${"0".repeat(52)}` as SignatureHash,
    claimant: "claimant-1" as Claimant,
    indexMs: 1,
    attempts: 1,
  },
  "request-1",
);

test("the docs have filters", () => {
  expect(documented.length).toBeGreaterThanOrEqual(2);
});

describe.each(documented)("the documented filter %s", (pattern) => {
  test("finds a line as the functions write it", () => {
    expect(matches(pattern, line)).toBe(true);
  });

  test.each([
    ["in the text format", (text: string) => `2026-11-29T09:00:00.000Z\tb6511ee9\tINFO\t${text}`],
    ["in the JSON format", (text: string) => JSON.stringify({ timestamp: "…", level: "INFO", message: text })],
  ])("would not find what Lambda makes of console.log %s", (_format, ofConsole) => {
    expect(matches(pattern, ofConsole(line))).toBe(false);
  });
});
