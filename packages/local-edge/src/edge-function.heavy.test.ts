import { expect, test } from "vitest";

import { startEdge, startOrigin } from "../test/start-edge.ts";
import { answering, editing, PASS_THROUGH } from "../test/write-function.ts";

const NOWHERE = { origin: { url: "http://127.0.0.1:9" } };

test("sends its path to the issue function, and all others to the verify function", async () => {
  const edge = await startEdge(
    answering('{ status: "200", body: "verify" }'),
    NOWHERE,
    answering('{ status: "200", body: "issue" }'),
  );
  const bodies = ["/url", "/url?expires-in=60", "/url/", "/uploads/x"].map(async (path) =>
    (await fetch(edge.url + path)).text(),
  );
  expect(await Promise.all(bodies)).toEqual(["issue", "issue", "verify", "verify"]);
});

test("allows another issue path", async () => {
  const issue = answering('{ status: "200", body: "issue" }');
  const edge = await startEdge(
    answering('{ status: "200", body: "verify" }'),
    { ...NOWHERE, issuePath: "/tickets/*" },
    issue,
  );
  expect(await (await fetch(`${edge.url}/tickets/new`)).text()).toBe("issue");
  expect(await (await fetch(`${edge.url}/url`)).text()).toBe("verify");
});

test("sends a response made by a function to the viewer unchanged", async () => {
  const headers = `{ "content-type": [{ key: "Content-Type", value: "application/xml" }], "x-two": [{ value: "1" }, { value: "2" }] }`;
  const edge = await startEdge(
    answering(`{ status: "403", statusDescription: "No", headers: ${headers}, body: "<Error/>" }`),
    NOWHERE,
  );
  const response = await fetch(edge.url);
  expect(response.status).toBe(403);
  expect(response.statusText).toBe("No");
  expect(await response.text()).toBe("<Error/>");
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/xml",
    "content-length": "8",
    "x-two": "1, 2",
    "x-cache": "LambdaGeneratedResponse from cloudfront",
    via: expect.stringContaining(".cloudfront.net (CloudFront)"),
    "x-amz-cf-id": expect.any(String),
  });
});

test("a 204 has no body and no length", async () => {
  const edge = await startEdge(answering('{ status: "204" }'), NOWHERE);
  const response = await fetch(edge.url, { method: "OPTIONS" });
  expect(response.status).toBe(204);
  expect(response.headers.has("content-length")).toBe(false);
});

test("gives a function Lambda's variables and none of the developer's", async () => {
  process.env["PRESIGN_ONCE_LEAK"] = "leaked";
  const edge = await startEdge(
    `export const handler = async () => ({ status: "200", body: JSON.stringify(process.env) });`,
    {
      ...NOWHERE,
      identity: { region: "eu-north-1", accessKeyId: "A", secretAccessKey: "S", sessionToken: "T" },
    },
  );
  const variables = await (await fetch(edge.url)).json();
  expect(variables).toMatchObject({
    AWS_REGION: "eu-north-1",
    AWS_ACCESS_KEY_ID: "A",
    AWS_SECRET_ACCESS_KEY: "S",
    AWS_SESSION_TOKEN: "T",
    AWS_LAMBDA_FUNCTION_NAME: "verify",
  });
  expect(variables).not.toHaveProperty("PRESIGN_ONCE_LEAK");
  expect(variables).not.toHaveProperty("USER");
});

test("a function without a session has no session token", async () => {
  const edge = await startEdge(
    `export const handler = async () => ({ status: "200", body: String(process.env.AWS_SESSION_TOKEN) });`,
    NOWHERE,
  );
  expect(await (await fetch(edge.url)).text()).toBe("undefined");
});

test("gives a function its remaining time", async () => {
  const source = `export const handler = async (event, context) => ({ status: "200", body: String(context.getRemainingTimeInMillis()) });`;
  const edge = await startEdge(source, NOWHERE);
  const left = Number(await (await fetch(edge.url)).text());
  expect(left).toBeGreaterThan(4_000);
  expect(left).toBeLessThanOrEqual(5_000);
});

test.each([
  ["throws", `export const handler = async () => { throw new Error("boom"); };`],
  ["throws before it returns a promise", `export const handler = () => { throw new Error("boom"); };`],
  ["throws what is no error", `export const handler = async () => { throw "boom"; };`],
  [
    "rejects in the background",
    `export const handler = () => new Promise(() => { Promise.reject(new Error("boom")); });`,
  ],
  ["ends its process", `export const handler = () => new Promise(() => process.exit(1));`],
  [
    "runs out of memory",
    `export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };`,
  ],
  ["returns what is no JSON", `export const handler = async () => 1n;`],
  ["does not load", `throw new Error("boom");`],
  ["exports no handler", `export const other = 1;`],
  ["is no JavaScript", `export const = ;`],
])("a function that %s gives 503 each time, and the edge keeps running", async (_, source) => {
  const edge = await startEdge(
    source,
    { ...NOWHERE, limits: { functionMemoryMb: 32 } },
    answering('{ status: "200" }'),
  );
  for (let round = 0; round < 2; round += 1) {
    const response = await fetch(edge.url);
    expect(response.status).toBe(503);
    expect(response.headers.get("x-cache")).toBe("LambdaExecutionError from cloudfront");
    expect(await response.text()).not.toContain("boom");
  }
  expect((await fetch(`${edge.url}/url`)).status).toBe(200);
  expect(edge.log.join("\n")).toContain("edge function verify failed");
});

test.each([
  ["waits for ever", "return new Promise(() => {});"],
  ["never stops computing", "for (;;);"],
])("a function that %s gives 503 in time, and a new copy serves the next request", async (_, misbehave) => {
  const source = `export const handler = async (event) => {
    if (event.Records[0].cf.request.uri === "/stuck") { ${misbehave} }
    return { status: "200" };
  };`;
  const edge = await startEdge(source, { ...NOWHERE, limits: { functionMs: 300 }, concurrency: 1 });
  const started = Date.now();
  const response = await fetch(`${edge.url}/stuck`);
  expect(response.status).toBe(503);
  expect(response.headers.get("x-cache")).toBe("LambdaLimitExceeded from cloudfront");
  expect(Date.now() - started).toBeLessThan(4_500);
  expect((await fetch(edge.url)).status).toBe(200);
});

test("a function that does not load in time gives 503", async () => {
  const edge = await startEdge(`for (;;);`, { ...NOWHERE, limits: { initMs: 300 } });
  expect((await fetch(edge.url)).status).toBe(503);
});

test("handles one event at a time per environment, and reuses it", async () => {
  const source = `let busy = 0, served = 0;
    export const handler = async () => {
      busy += 1; served += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      const body = JSON.stringify({ busy, served });
      busy -= 1;
      return { status: "200", body };
    };`;
  const edge = await startEdge(source, { ...NOWHERE, concurrency: 2 });
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => (await (await fetch(edge.url)).json()) as { busy: number; served: number }),
  );
  expect(answers.every(({ busy }) => busy === 1)).toBe(true);
  expect(Math.max(...answers.map(({ served }) => served))).toBeGreaterThanOrEqual(4);
});

test("replaces an environment that crashes between two events", async () => {
  const source = `export const handler = async () => { setTimeout(() => { throw new Error("late"); }, 20); return { status: "200" }; };`;
  const edge = await startEdge(source, NOWHERE);
  expect((await fetch(edge.url)).status).toBe(200);
  await expect.poll(() => edge.log.join()).toContain("edge function verify crashed: Error: late");
  expect((await fetch(edge.url)).status).toBe(200);
});

test("compares the result with the original event, whatever the function did to its copy", async () => {
  const edge = await startEdge(
    editing(`request.method = "GET"; event.Records[0].cf.request.clientIp = "10.0.0.1"`),
    NOWHERE,
  );
  expect((await fetch(edge.url, { method: "PUT", body: "x" })).status).toBe(502);
});

test("answers 502 with the reason for an invalid result, and contacts no origin", async () => {
  const origin = await startOrigin();
  const edge = await startEdge(editing(`request.headers.host = [{ key: "Host", value: "evil" }]`), {
    origin: { url: origin.url },
  });
  const response = await fetch(edge.url);
  expect(response.status).toBe(502);
  expect(response.headers.get("x-cache")).toBe("LambdaValidationError from cloudfront");
  expect(await response.text()).toContain("read-only header host");
  expect(origin.seen).toEqual([]);
  expect(edge.originRequestCount()).toBe(0);
});

test("logs the output of a function, without a query in an error", async () => {
  const source = `export const handler = async () => { console.log('{"outcome":"refused"}'); throw new Error("bad https://b/k?X-Amz-Signature=abc x"); };`;
  const edge = await startEdge(source, NOWHERE);
  await fetch(edge.url);
  await expect.poll(() => edge.log).toContain('{"outcome":"refused"}');
  expect(edge.log).toContain("edge function verify failed: Error: bad https://b/k?... x");
});

test("reports a missing bundle before it serves anything", async () => {
  const bundles = { issueDir: "/nonexistent/issue", verifyDir: "/nonexistent/verify" };
  await expect(startEdge(PASS_THROUGH, { ...NOWHERE, bundles })).rejects.toMatchObject({ code: "FUNCTION_MISSING" });
});

test("can build bundles for the URL of the edge", async () => {
  let announced = "";
  const attempt = startEdge(PASS_THROUGH, {
    ...NOWHERE,
    bundles: async (baseUrl) => {
      announced = baseUrl;
      throw new Error("enough");
    },
  });
  await expect(attempt).rejects.toThrow("enough");
  expect(announced).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await expect(fetch(announced)).rejects.toThrow();
});
