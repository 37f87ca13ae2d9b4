import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";

import { readGrantRequest } from "@presign-once/core/http";
import { type AuthorizerConfigInput, MAX_EXPIRES_IN_SECONDS, parseEdgeConfig } from "@presign-once/settings";
import { describe, expect, test } from "vitest";

import { settings } from "../../../../test/support/edge-settings.ts";
import { tableRows } from "../../../../test/support/table-rows.ts";
import { createInMemoryEdge, EDGE } from "../../test/in-memory-edge.ts";
import { readAnswer } from "../../test/read-answer.ts";

const page = readFileSync(new URL("../../../../docs/issuing.md", import.meta.url), "utf8");
const defaults = parseEdgeConfig(settings());

/** The JSON under a heading of third rank. */
function exampleOf(heading: string): string {
  const section = page.split(/^### /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return /```json\n(.*?)```/s.exec(section)?.[1] ?? "";
}

describe("docs/issuing.md", () => {
  test("lists every parameter, its default and its limit", () => {
    const rows = tableRows(page, "Parameters");
    const unknown = readGrantRequest("planted", { ...defaults, retries: true });
    const known = /expected (.*)\.$/.exec("fault" in unknown ? unknown.fault : "")?.[1]?.split(", ") ?? [];
    expect(rows.map(([name = ""]) => name).sort()).toEqual(known.sort());
    const cells = Object.fromEntries(rows.map(([name = "", ...rest]) => [name, rest]));
    expect(cells["expires-in"]?.[1]).toContain(`(${defaults.expiresInSeconds})`);
    expect(cells["expires-in"]?.[2]).toContain(`(${MAX_EXPIRES_IN_SECONDS})`);
    expect([cells["max-bytes"]?.[1], defaults.maxBytes]).toEqual(["maxBytes of the settings (5 GiB)", 5 * 1024 ** 3]);
    for (const row of rows) expect(row).toHaveLength(5);
  });

  test("lists every code that the endpoint answers with, and its status", async () => {
    const codes = Object.fromEntries(tableRows(page, "Errors").map(([code = "", status]) => [code, Number(status)]));
    const stranger = { authorize: async () => ({ status: "unauthenticated" as const, challenge: "x" }) };
    const forbidden = { authorize: async () => ({ status: "forbidden" as const }) };
    const busy = () => ({ status: "indeterminate" as const, cause: undefined, mayHaveLanded: false });
    const asked: [edge: Parameters<typeof createInMemoryEdge>[0], sent: object][] = [
      [{}, { method: "HEAD" }],
      [{ authorizer: stranger }, {}],
      [{ authorizer: forbidden }, {}],
      [{}, { without: ["host"] }],
      [{}, { url: `${EDGE}/url?expires-in=0` }],
      [{ register: busy }, {}],
    ];
    const seen: Record<string, number> = {};
    for (const [options, sent] of asked) {
      const answer = readAnswer(
        await createInMemoryEdge(options).askForUrl({ ...sent, headers: [["Accept", "application/json"]] }),
      );
      seen[(JSON.parse(answer.body) as { code: string }).code] = answer.status;
    }
    expect({ ...seen, InternalError: 500 }).toEqual(codes);
    expect(Object.keys(codes).slice(0, -2)).toEqual(Object.keys(seen).slice(0, -1)); // in the order in which they are looked at
  });

  test("shows valid settings, once a digest and a key are inserted", () => {
    const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
    const digest = createHash("sha256").update("token").digest("hex");
    const examples: [heading: string, type: string][] = [
      ["bearer", "bearer"],
      ["jwt", "jwt"],
    ];
    for (const [heading, type] of examples) {
      const json = exampleOf(heading)
        .replace("<64 hex digits>", digest)
        .replace("<43 characters>", x)
        .replace("<43 characters>", y);
      const authorizer = JSON.parse(json) as AuthorizerConfigInput;
      expect(parseEdgeConfig(settings({ authorizer })).authorizer).toHaveProperty("type", type);
    }
  });

  test("lists every field of jwt, its default, and whether it is required", () => {
    const section = page.split(/^### jwt$/m)[1]?.split(/^### /m)[0] ?? "";
    const rows = tableRows(`## jwt\n${section}`, "jwt");
    expect(rows.map(([field]) => field)).toEqual([
      "jwks",
      "issuer",
      "audience",
      "algorithms",
      "clockToleranceSeconds",
      "typ",
      "maxAgeSeconds",
      "claims",
      "scope",
    ]);
    const required = rows
      .filter(([, , byDefault]) => byDefault === "required")
      .map(([field]) => `authorizer.${field}: missing`);
    const parse = () => parseEdgeConfig(settings({ authorizer: { type: "jwt" } as AuthorizerConfigInput }));
    for (const fault of required) expect(parse).toThrow(fault);
    const keys = [{ kty: "oct", k: Buffer.alloc(32).toString("base64url") }];
    const least = { type: "jwt" as const, jwks: { keys }, issuer: "a", audience: "b" };
    expect(parseEdgeConfig(settings({ authorizer: least })).authorizer).toEqual({
      ...least,
      algorithms: rows[3]?.[1]?.match(/[A-Z][A-Za-z]*\d*\d|EdDSA/g),
      clockToleranceSeconds: Number(rows[4]?.[2]),
    });
  });

  test("has a row for every authorizer", () => {
    const rows = tableRows(page, "Authorizers").map(([type]) => type);
    expect(rows.slice(0, 4)).toEqual(["none", "bearer", "jwt", "custom"]);
  });
});
