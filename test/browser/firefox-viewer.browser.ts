import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { useDownloadLinks } from "./download-links.ts";
import { type FirefoxPage, launchFirefox } from "./launch-firefox.ts";

const PAGES = 200;

const links = useDownloadLinks();
let page: FirefoxPage;
beforeAll(async () => {
  page = await launchFirefox({ "browser.download.open_pdf_attachments_inline": true });
}, 300_000);
afterAll(() => page?.close());

/** A PDF of many pages, each with bytes that are no use to the others. */
function makePdf(pages: number, bytesPerPage: number): Buffer {
  const objects: string[] = [];
  const kids = Array.from({ length: pages }, (_, i) => `${3 + 2 * i} 0 R`).join(" ");
  objects.push("<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/Count ${pages}/Kids[${kids}]>>`);
  for (let i = 0; i < pages; i++) {
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents ${4 + 2 * i} 0 R/Resources<<>>>>`);
    const stream = `${i % 10} ${i % 10} 50 50 re f\n%${"x".repeat(bytesPerPage)}\n`;
    objects.push(`<</Length ${stream.length}>>stream\n${stream}endstream`);
  }
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const at of offsets) text += `${String(at).padStart(10, "0")} 00000 n \n`;
  text += `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

/** A request for the file, as Firefox sent it, and how it was answered. */
interface FileRequest {
  readonly pass: string | null;
  readonly range: string | undefined;
  readonly status: number | undefined;
}

/** Stands between Firefox and the edge, and answers only the first requests for the file as a whole before `goOn`. */
async function startSlowLine(baseUrl: string, { answered }: { readonly answered: number }) {
  const requests: FileRequest[] = [];
  const { promise: goingOn, resolve: goOn } = Promise.withResolvers<void>();
  const server = createServer(({ method, url = "", headers }, res) => {
    const onward = request(baseUrl + url, { method: method ?? "", headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 0, answer.headers);
      const pass = new URL(url, baseUrl).searchParams.get("pass");
      const isFile = method === "GET" && pass !== null;
      if (isFile) requests.push({ pass, range: headers.range, status: answer.statusCode });
      if (!isFile || (headers.range !== undefined && requests.length <= answered)) return void answer.pipe(res);
      // The first bytes of the whole file are enough for the viewer to begin.
      answer.once("data", (chunk: Buffer) => {
        res.write(chunk);
        answer.pause();
        void goingOn.then(() => answer.pipe(res));
      });
    });
    onward.on("error", () => res.destroy());
    res.on("close", () => onward.destroy());
    onward.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, goOn, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a PDF that Firefox opens in its viewer is one client: all its ranges have one pass, and others are refused", async () => {
  const url = await links.linkTo(makePdf(PAGES, 50_000), { filename: "a.pdf", "content-type": "application/pdf" });
  const line = await startSlowLine(links.local.baseUrl, { answered: 4 });
  await page.open(url.replace(links.local.baseUrl, line.url));
  await page.evaluate(`void document.querySelector("button").click()`);
  await expect.poll(() => line.requests.length).toBeGreaterThanOrEqual(4);

  const before = line.requests.length;
  const headers = { accept: "text/html" };
  for (const init of [{ headers }, { headers, method: "POST", body: "" }]) {
    const answer = await fetch(url, init); // the POST is led on to a GET with another pass
    expect([answer.status, answer.redirected]).toEqual([410, "body" in init]);
    expect(await answer.text()).toContain("This link was used before, and works only once.");
  }

  line.goOn();
  await expect.poll(async () => (await page.tabs()).length).toBe(2);
  const viewer = (await page.tabs())[1]!;
  const shown = `[document.title, document.querySelectorAll(".page").length]`;
  await expect.poll(() => viewer.evaluate(shown)).toEqual(["a.pdf", PAGES]);
  const isLoaded = `document.querySelector(".page[data-page-number='${PAGES}']").hasAttribute("data-loaded")`;
  await viewer.evaluate(`void document.querySelector(".page[data-page-number='${PAGES}']").scrollIntoView()`);
  await expect.poll(() => viewer.evaluate(isLoaded)).toBe(true);

  const [first, ...parts] = line.requests;
  expect(first).toMatchObject({ range: undefined, status: 200 });
  expect(parts.length).toBeGreaterThan(before - 1);
  for (const part of parts)
    expect(part).toEqual({ pass: first?.pass, range: expect.stringMatching(/^bytes=\d+-\d+$/), status: 206 });
});
