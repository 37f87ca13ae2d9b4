import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { PresignOnceError } from "@presign-once/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { SECRET, settings } from "../../../../test/support/edge-settings.ts";
import { REQUEST_ID, viewerEvent } from "../../../../test/support/viewer-event.ts";
import { readAnswer, readErrorXml } from "../../test/read-answer.ts";
import type { Compose } from "./composition.ts";
import { createFunction } from "./function-entry.ts";

const event = viewerEvent({ url: "https://edge.example/uploads/1?planted=query" });
const passOn: Compose = () => async () => event.Records[0].cf.request;
const answers = { issue: [500, "InternalError"], verify: [503, "ClaimUndecided"] } as const;

let folder: string;
let logged: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-"));
  logged = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    logged.push(...String(text).split("\n").slice(0, -1));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

function writeConfig(text: string): Promise<void> {
  return writeFile(join(folder, "config.json"), text);
}

function entry(name: "issue" | "verify", compose: Compose) {
  return createFunction(name, compose, pathToFileURL(join(folder, "config.json")));
}

test("composes a function once, at its first event, from its config.json", async () => {
  const compose = vi.fn(passOn);
  const handler = entry("verify", compose);
  await writeConfig(JSON.stringify(settings({ expiresInSeconds: 60 })));
  expect(await handler(event)).toBe(event.Records[0].cf.request);
  await handler(event);
  expect(compose).toHaveBeenCalledOnce();
  expect(compose.mock.calls[0]?.[0]).toMatchObject({ expiresInSeconds: 60, index: { strategy: "conditional" } });
  compose.mock.calls[0]?.[1]("a line");
  expect(logged).toEqual(["a line"]);
});

test("does not report an unreadable config.json as missing", async () => {
  await mkdir(join(folder, "config.json"));
  await entry("issue", passOn)(event);
  expect(logged).toEqual([expect.stringMatching(/beside the function cannot be read: it is a folder \(EISDIR\)"/)]);
  expect(logged[0]).not.toContain(folder);
});

describe.each(["issue", "verify"] as const)("%s fails closed", (name) => {
  const [status, code] = answers[name];
  const faults: [what: string, text: string | undefined, cause: RegExp][] = [
    [
      "without a config.json",
      undefined,
      /config: the file config\.json beside the function cannot be read: it does not exist \(ENOENT\)$/,
    ],
    ["with an empty one", "", /config: expected JSON$/],
    ["with a truncated one", JSON.stringify(settings()).slice(0, -9), /config: expected JSON$/],
    ["with a wrong field", JSON.stringify({ ...settings(), region: SECRET }), /region: expected an AWS region such as/],
    ["with an unknown field", JSON.stringify({ ...settings(), secret: SECRET }), /secret: unknown field$/],
    [
      "with an invalid key",
      JSON.stringify(settings({ keys: [{ id: "k1", secret: `${SECRET}=` }] })),
      /keys\.0\.secret: expected 32 random bytes/,
    ],
  ];

  test.each(faults)("%s: logs the field, and answers without it", async (_what, text, cause) => {
    if (text !== undefined) await writeConfig(text);
    const result = await entry(name, passOn)(event);
    const { Code, Message = "", ...more } = readErrorXml(readAnswer(result).body);
    expect([readAnswer(result).status, Code, more]).toEqual([status, code, { RequestId: REQUEST_ID }]);
    expect(Message).not.toMatch(/config|field|expected/);
    expect(logged.map((line) => JSON.parse(line) as unknown)).toEqual([
      { presignOnce: name, requestId: REQUEST_ID, outcome: "fault", cause: expect.stringMatching(cause) },
    ]);
    expect(logged[0]).toMatch(/CONFIG_INVALID: /);
    expect(logged[0] + JSON.stringify(result)).not.toMatch(new RegExp(`${SECRET}|planted|${folder}`));
  });

  /** A function whose handler rejects. */
  const rejecting =
    (fault: unknown): Compose =>
    () =>
    async () => {
      throw fault;
    };
  const composing: Compose = () => {
    throw new TypeError("planted");
  };
  const throwing: Compose = () => () => {
    throw new RangeError("planted");
  };
  const broken = Object.assign(new Error("planted"), { code: "EPIPE" });
  const unsigned = new PresignOnceError("PRESIGN_FAILED", "No credentials.", { cause: broken });
  const thrown: [what: string, compose: Compose, cause: string][] = [
    ["when it cannot be composed", composing, "TypeError"],
    ["when its handler throws", throwing, "RangeError"],
    ["when its handler rejects", rejecting(broken), "Error EPIPE"],
    ["when it has no credentials", rejecting(unsigned), "PRESIGN_FAILED: No credentials."],
    ["when it throws something other than an Error", rejecting("planted"), "unknown"],
  ];

  test.each(thrown)("%s: logs the fault, and answers without it", async (_what, compose, cause) => {
    await writeConfig(JSON.stringify(settings()));
    const answer = readAnswer(await entry(name, compose)(event));
    expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([status, code]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(logged.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ outcome: "fault", cause }]);
    expect(logged[0] + answer.body).not.toContain("planted");
  });

  test("with CORS headers for a configured origin, if the settings can be read", async () => {
    const from = (origin: string) => viewerEvent({ url: "https://edge.example/url", headers: [["Origin", origin]] });
    const handler = entry(name, composing);
    expect(readAnswer(await handler(from("https://app.example"))).headers).not.toHaveProperty(
      "access-control-allow-origin",
    );
    await writeConfig(JSON.stringify(settings({ cors: { origins: ["https://app.example"] } })));
    expect(readAnswer(await handler(from("https://app.example"))).headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
    });
    expect(readAnswer(await handler(from("https://evil.example"))).headers).not.toHaveProperty(
      "access-control-allow-origin",
    );
  });

  test("in JSON if the client asks for JSON", async () => {
    await writeConfig(JSON.stringify(settings()));
    const headers = [["Accept", "application/json"]] as const;
    const asked = viewerEvent({ url: "https://edge.example/url", headers });
    const answer = readAnswer(await entry(name, composing)(asked));
    expect(JSON.parse(answer.body)).toMatchObject({ code });
  });

  test("and recovers when the settings are repaired", async () => {
    const handler = entry(name, passOn);
    expect(await handler(event)).toHaveProperty("status", String(status));
    await writeConfig(JSON.stringify(settings()));
    expect(await handler(event)).toBe(event.Records[0].cf.request);
  });

  test("with EVENT_INVALID for another kind of event, before it reads anything", async () => {
    const compose = vi.fn(passOn);
    await expect(entry(name, compose)({ Records: [{ s3: {} }] })).rejects.toMatchObject({ code: "EVENT_INVALID" });
    expect(compose).not.toHaveBeenCalled();
    expect(logged).toEqual([]);
  });
});
