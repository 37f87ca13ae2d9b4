import { expect, test } from "vitest";

import { compare, nameOf, type Registered } from "./engine-state.ts";

function resource(name: string, inputs: object = {}): Registered {
  const urn = `urn:pulumi:stage::app::a:b:C::${name}`;
  return {
    urn,
    type: "a:b:C",
    custom: true,
    inputs: { ...inputs },
    secrets: [],
    outputs: {},
    protect: false,
    retainOnDelete: false,
  };
}

test("distinguishes new, changed, same and removed resources, and removes in reverse order", () => {
  const before = [
    resource("gone-1"),
    resource("same", { a: { b: 1 } }),
    resource("changed", { a: 1 }),
    resource("gone-2"),
  ];
  const now = [resource("new"), resource("same", { a: { b: 1 } }), resource("changed", { a: 2 })];
  expect(compare(before, now).map(({ what, resource: of }) => `${what} ${nameOf(of)}`)).toEqual([
    "create new",
    "same same",
    "update changed",
    "delete gone-2",
    "delete gone-1",
  ]);
});
