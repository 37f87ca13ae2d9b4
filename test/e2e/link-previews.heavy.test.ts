import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import { tableRows } from "../support/table-rows.ts";
import { LINK_PREVIEWS, type LinkPreview } from "./link-previews.ts";
import { type Stack, startStack } from "./stack.ts";

const token = randomBytes(32).toString("base64url");
const BODY = "the file";
let stack: Stack;
let server: Awaited<ReturnType<typeof startR2>>;
beforeAll(async () => {
  server = await startR2({ buckets: ["uploads"] });
  const sha256 = createHash("sha256").update(token).digest("hex");
  const authorizer = { type: "bearer" as const, tokens: [{ name: "all", sha256, downloads: [""] }] };
  stack = await startStack(server, "uploads", { config: { authorizer, downloads: {} } });
  await stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: "uploads/a.txt", Body: BODY }));
}, 180_000);
afterAll(async () => {
  await stack?.stop();
  await server?.stop();
}, 60_000);

async function newLink(query = ""): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${stack.local.baseUrl}/url?download=uploads/a.txt${query}`, { headers })).text();
}

/** Sends what a preview sends, as a program and as a browser would. @returns the answers' status and body */
async function play({ userAgent, requests }: LinkPreview, url: string): Promise<[status: number, body: string][]> {
  const answers: [number, string][] = [];
  for (const accept of ["*/*", "text/html,*/*;q=0.8"])
    for (const { method, range } of requests) {
      const headers = { "user-agent": userAgent, accept, ...(range === undefined ? {} : { range }) };
      const answer = await fetch(url, { method, headers });
      answers.push([answer.status, await answer.text()]);
    }
  return answers;
}

/** Does what a person's browser does when the button is pressed. */
const press = (url: string) => fetch(url, { method: "POST", body: "" });

test.each(LINK_PREVIEWS)("$name opens a link, and leaves it unused", async (preview) => {
  const url = await newLink();
  const before = stack.local.originRequestCount();
  for (const [status, body] of await play(preview, url)) expect([status, body.includes(BODY)]).toEqual([200, false]);
  expect(stack.local.originRequestCount()).toBe(before);
  expect(await (await press(url)).text()).toBe(BODY);
});

test.each(LINK_PREVIEWS)("$name uses up a link that was asked for with confirm=never", async (preview) => {
  const url = await newLink("&confirm=never");
  const bodies = (await play(preview, url)).map(([, body]) => body);
  expect(bodies.filter((body) => body === BODY)).toHaveLength(1);
  expect((await fetch(url)).status).toBe(410);
});

test("a scanner that submits the form uses the link up only if it follows the redirect, and the page then says so", async () => {
  const url = await newLink();
  const pass = await fetch(url, { method: "POST", body: "", redirect: "manual" });
  expect([pass.status, (await fetch(url)).status]).toEqual([303, 200]);
  const location = new URL(pass.headers.get("location") ?? "", url);
  expect([(await fetch(location, { method: "HEAD" })).status, (await fetch(url)).status]).toEqual([200, 200]);

  expect(await (await press(url)).text()).toBe(BODY);
  const seen = await fetch(url, { headers: { accept: "text/html" } });
  expect([seen.status, await seen.text()]).toEqual([410, expect.stringContaining("This link was used before")]);
});

test("the documentation's table has these previews", async () => {
  const page = await readFile(new URL("../../docs/downloads.md", import.meta.url), "utf8");
  const rows = tableRows(page, "What opens links before people do").map(([name, sent, , source]) => [
    name,
    sent,
    source,
  ]);
  expect(rows).toEqual(
    LINK_PREVIEWS.map(({ name, requests, source }) => [
      name,
      requests.map(({ method, range }) => (range === undefined ? method : `${method} with Range: ${range}`)).join(", "),
      expect.stringContaining(`](${source})`),
    ]),
  );
});
