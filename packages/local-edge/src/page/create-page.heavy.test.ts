import { request } from "node:http";

import { expect, test } from "vitest";

import { startEdge } from "../../test/start-edge.ts";
import { answering } from "../../test/write-function.ts";
import { tryLine } from "../try-line.ts";

const FROM_FUNCTION = answering('{ status: "405", body: "function" }');
const ORIGIN = { origin: { url: "http://127.0.0.1:9" } };

const withPage = () => startEdge(FROM_FUNCTION, { ...ORIGIN, page: true }, FROM_FUNCTION);

test("serves the page and its two assets with a policy that allows nothing else", async () => {
  const edge = await withPage();
  const page = await fetch(`${edge.url}/?from=a-link`);
  const html = await page.text();
  const assets = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path);
  expect(assets).toEqual(["/presign-once.css", "/presign-once.js"]);
  expect(html).not.toMatch(/<style|<script>|style=|onclick/);
  const loaded = html.replaceAll(/<a\s+href="[^"]+"/g, "").replace(/<code id="command".*?<\/code>/s, "");
  expect(loaded).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  for (const [path, type] of [
    ["/", "text/html"],
    ["/presign-once.css", "text/css"],
    ["/presign-once.js", "text/javascript"],
  ]) {
    const { status, headers } = await fetch(`${edge.url}${path}`);
    expect([status, headers.get("content-type")]).toEqual([200, `${type}; charset=utf-8`]);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'self';/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("offers links only where the functions issue them to everyone", async () => {
  const html = async (options: { offersLinks?: boolean }) => {
    const edge = await startEdge(FROM_FUNCTION, { ...ORIGIN, page: true, ...options }, FROM_FUNCTION);
    return (await fetch(edge.url)).text();
  };
  expect(await html({ offersLinks: true })).toContain('<body data-links="offered">');
  expect(await html({})).toContain("<body>");
});

test("shows the line to paste for its own address, each command on a line of its own", async () => {
  const edge = await withPage();
  const html = await (await fetch(edge.url)).text();
  const [, command = ""] = /<code id="command"[^>]*>(.*?)<\/code>/s.exec(html) ?? [];
  expect(command.match(/<span>/g)).toHaveLength(3);
  expect(command.replaceAll(/<\/?span>/g, "")).toBe(tryLine(edge.url));
});

test("bundles the style sheets into one", async () => {
  const edge = await withPage();
  const css = await (await fetch(`${edge.url}/presign-once.css`)).text();
  expect(css).toContain("prefers-color-scheme");
  expect(css).not.toMatch(/@import|url\(/);
});

test("bundles the script with the client into one module", async () => {
  const edge = await withPage();
  const script = await (await fetch(`${edge.url}/presign-once.js`)).text();
  expect(script).toContain("XMLHttpRequest");
  expect(script).not.toMatch(/^import /m);
});

test("HEAD of the page is answered without a body", async () => {
  const edge = await withPage();
  const answer = await fetch(edge.url, { method: "HEAD" });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
});

test.each([
  ["PUT", "/"],
  ["POST", "/"],
  ["PUT", "/presign-once.js"],
  ["GET", "/uploads/presign-once.js"],
  ["GET", "/index.html"],
  ["GET", "/page.ts"],
  ["GET", "/__proto__"],
  ["GET", "//"],
  ["GET", "/url"],
])("leaves %s %s to the functions", async (method, path) => {
  const edge = await withPage();
  const answer = await fetch(`${edge.url}${path}`, { method });
  expect([answer.status, await answer.text()]).toEqual([405, "function"]);
});

test("serves no page unless configured", async () => {
  const edge = await startEdge(FROM_FUNCTION, ORIGIN);
  expect((await fetch(edge.url)).status).toBe(405);
});

test("redirects a browser from localhost to the address of issued URLs", async () => {
  const edge = await withPage();
  const location = await new Promise((resolve, reject) => {
    const options = { port: edge.port, host: "127.0.0.1", headers: { host: `localhost:${edge.port}` } };
    request(options, (res) => resolve([res.statusCode, res.headers.location]))
      .on("error", reject)
      .end();
  });
  expect(location).toEqual([302, `${edge.url}/`]);
});
