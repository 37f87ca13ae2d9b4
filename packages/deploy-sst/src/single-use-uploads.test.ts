import { resolve } from "node:path";

import { beforeAll, describe, expect, test, vi } from "vitest";

import { bundleOnce } from "../test/bundle-once.ts";
import { properties } from "../test/properties/properties.ts";
import { type RecordedStack, recordStack } from "../test/record-stack.ts";
import { type Variant, variants } from "../test/variants.ts";
import { singleUseUploads } from "./single-use-uploads.ts";

vi.mock(import("./run-bundler.ts"), async (importOriginal) => bundleOnce(await importOriginal()));

const root = resolve(import.meta.dirname, "..");
const stacks = new Map<Variant, RecordedStack>();

beforeAll(async () => {
  for (const [variant, args] of Object.entries(variants))
    stacks.set(
      variant as Variant,
      await recordStack(singleUseUploads, "Uploads", { authorizer: "none", root, ...args }),
    );
}, 60_000);

describe.each(properties)("$name", ({ of, check }) => {
  test.each(of)("%s", (variant) => check(stacks.get(variant)!, variant));
});

test("tests every kind of arguments", () => {
  expect(new Set(properties.flatMap(({ of }) => of))).toEqual(new Set(Object.keys(variants)));
});

test("keeps every secret if edge keys are reordered or added", async () => {
  const keysOf = async (...edgeKeys: string[]) => {
    const stack = await recordStack(singleUseUploads, "Uploads", { authorizer: "none", root, edgeKeys });
    return stack
      .all("random:index/randomBytes:RandomBytes")
      .map(({ name, inputs }) => `${name} ${JSON.stringify(inputs)}`);
  };
  const before = await keysOf("old");
  const added = await keysOf("old", "new");
  const turned = await keysOf("new", "old");
  expect(added).toEqual(expect.arrayContaining(before));
  expect(turned.toSorted()).toEqual(added.toSorted());
});

test("names a wrong argument before anything is registered", async () => {
  const wrong: [object, RegExp][] = [
    [{ authorizer: undefined }, /authorizer: expected who may ask for URLs/],
    [{ authorizer: "everybody" }, /authorizer: expected none, or JSON/],
    [{ authorizer: { type: "bearer", tokens: [] } }, /authorizer\.tokens: expected at least one token/],
    [{ authorizer: { type: "custom" } }, /issueFunction: expected a module of your own/],
    [{ expiresInSeconds: 0 }, /expiresInSeconds: expected a whole number/],
    [{ maxExpiresInSeconds: 3_601 }, /maxExpiresInSeconds: expected 3600 or less, or signing at-use/],
    [{ signing: "later" }, /signing: expected at-issue or at-use/],
    [{ edgeKeys: [] }, /edgeKeys: expected at least one edge key/],
    [{ edgeKeys: ["a", "a"] }, /edgeKeys: expected every id once/],
    [{ edgeKeys: ["a b"] }, /edgeKeys\.0\.id: expected 1 to 32 letters/],
    [{ cors: { origins: ["https://app.example/"] } }, /cors\.origins\.0: expected origins/],
    [{ cors: { origins: ["*"], credentials: true } }, /cors\.credentials: expected false, or cors\.origins without \*/],
    [{ ifNoneMatch: "yes" }, /ifNoneMatch: expected true or false/],
  ];
  for (const [args, said] of wrong) {
    const registered: unknown[] = [];
    const providers = { aws: forbidden(registered), pulumi: { Output: { isInstance: () => false } } } as never;
    const build = () => singleUseUploads(providers, "Uploads", { authorizer: "none", root, ...args } as never);
    expect(build).toThrow(said);
    expect(build).toThrow(/^singleUseUploads Uploads: /);
    expect(registered).toEqual([]);
  }
});

/** Stands for a provider, and notes whatever is taken from it. */
function forbidden(taken: unknown[]): object {
  return new Proxy({}, { get: (_target, name) => (taken.push(name), undefined) });
}
