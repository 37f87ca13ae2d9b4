import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { EXAMPLES, NODE_EXAMPLES } from "./examples.ts";

const codeOf = (name: string) => readFile(join(EXAMPLES, name, "server.ts"), "utf8");

test("the README of adapter-fetch shows examples/node as it is", async () => {
  const page = await readFile(join(EXAMPLES, "../packages/adapter-fetch/README.md"), "utf8");
  expect(page).toContain(`\`\`\`ts\n// examples/node/server.ts\n${await codeOf("node")}\`\`\`\n`);
});

test("the examples for Node make the same relay", async () => {
  const relays = NODE_EXAMPLES.map(async (name) => {
    const [, relay] = /^(const \{\s+BUCKET.*?^\}\);$)/ms.exec(await codeOf(name)) ?? [];
    return relay?.replace(/^ +baseUrl: .*\n/m, "");
  });
  const [first, ...others] = await Promise.all(relays);
  expect(first).toMatch(/createRelay/);
  for (const other of others) expect(other).toBe(first);
});
