import { describe, expect, test } from "vitest";

import { runGate } from "./gate-test.ts";

/** The tests of each gate show what it reports; here the gates are scripts that pass or fail at once. */
function planScripts(failing: readonly string[]): (text: string) => string {
  return (text) => {
    const { scripts, ...rest } = JSON.parse(text) as { scripts: Record<string, string> };
    const planted = ["build", "exports", "size", "format:check", "lint", "typecheck", "dead-code"].map((gate) => [
      gate,
      `echo ran ${gate}; exit ${failing.includes(gate) ? 1 : 0}`,
    ]);
    return JSON.stringify({ ...rest, scripts: { ...scripts, ...Object.fromEntries(planted) } });
  };
}

describe("pnpm check", () => {
  const check = runGate("check", () => [
    { path: "package.json", text: planScripts(["exports", "size", "format:check", "lint", "typecheck", "dead-code"]) },
  ]);

  test("runs every gate, and names each one that fails", () => {
    expect(check().output).toMatch(/^ok +build .*ran build$/m);
    expect(check().output).toMatch(/^failed: exports, size, format:check, lint, typecheck, dead-code \(/m);
    expect(check().exitCode).toBe(1);
  });
});

describe("pnpm check whose build fails", () => {
  const check = runGate("check", () => [{ path: "package.json", text: planScripts(["build"]) }]);

  test("runs no gate that needs the build, and every other", () => {
    expect(check().output).toMatch(/^failed: build \(/m);
    expect(check().output).not.toMatch(/^(?:ok|FAILED) +(?:exports|size)/m);
    for (const gate of ["format:check", "lint", "typecheck", "dead-code"])
      expect(check().output).toMatch(new RegExp(`^ok +${gate} `, "m"));
    expect(check().exitCode).toBe(1);
  });
});

describe("pnpm check lint size", () => {
  const check = runGate("check", () => [{ path: "package.json", text: planScripts([]) }], { args: ["lint", "size"] });

  test("runs these gates alone", () => {
    expect(
      check()
        .output.match(/^ok +\S+/gm)
        ?.map((line) => line.replace(/^ok +/, ""))
        .sort(),
    ).toEqual(["lint", "size"]);
    expect(check().exitCode).toBe(0);
  });
});

describe("pnpm check with a name that is no gate", () => {
  const check = runGate("check", () => [], { args: ["linter"] });

  test("runs nothing, and lists the gates", () => {
    expect(check().output).toMatch(/^linter is not a gate: expected build, exports, size, .*dead-code$/m);
    expect(check().exitCode).not.toBe(0);
  });
});
