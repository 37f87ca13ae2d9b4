import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { Answer } from "../answer-viewer.ts";
import { tryLine } from "../try-line.ts";
import { splitTarget } from "../viewer-request-event.ts";
import { bundleAsset } from "./bundle-asset.ts";

/** What runs in the browser is not compiled but shipped as it is, so it has one place, seen from `src` and from `dist`. */
const FOLDER = new URL("../../src/page/browser/", import.meta.url);

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A file of the page: its media type, and how to come by it. */
type PageFile = { type: string; read: () => Promise<Uint8Array> };

const filesOf = (baseUrl: string, offersLinks: boolean): Readonly<Record<string, PageFile>> => ({
  "/": { type: "text/html; charset=utf-8", read: () => readHtml(baseUrl, offersLinks) },
  "/presign-once.css": { type: "text/css; charset=utf-8", read: () => bundle("page.css") },
  "/presign-once.js": { type: "text/javascript; charset=utf-8", read: () => bundle("page.ts") },
});

const bundle = (name: string): Promise<Uint8Array> => bundleAsset(fileURLToPath(new URL(name, FOLDER)));

async function readHtml(baseUrl: string, offersLinks: boolean): Promise<Uint8Array> {
  const html = await readFile(new URL("index.html", FOLDER), "utf8");
  const command = tryLine(baseUrl).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  // Each command on a line of its own, without a change to the text.
  const lines = command.split(/(?<=;) /).map((line) => `<span>${line}</span>`);
  return Buffer.from(
    html
      .replace("{{command}}", () => lines.join(" "))
      .replace("<body>", offersLinks ? '<body data-links="offered">' : "<body>"),
  );
}

/** Answers a request for the page or one of its assets; `undefined` if it is for something else. */
export type ServePage = (request: {
  method: string | undefined;
  target: string;
  host: string | undefined;
}) => Promise<Answer | undefined>;

/**
 * Creates the answers to GET and HEAD of the page at `/` and its two assets; everything else is not its business.
 *
 * Each file is made when it is first asked for, and kept. URLs are issued for the edge's own address, so a browser that
 * came by the name `localhost` is sent there.
 *
 * @param offersLinks  whether the page has a button for a download link to what it uploaded
 */
export function createPage(baseUrl: string, offersLinks: boolean): ServePage {
  const files = filesOf(baseUrl, offersLinks);
  const made = new Map<string, Promise<Uint8Array>>();

  return async ({ method, target, host }) => {
    const [path] = splitTarget(target);
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (file === undefined || !(method === "GET" || method === "HEAD")) return undefined;
    if (host?.split(":")[0] === "localhost") return redirect(`${baseUrl}${path}`);
    const body = made.get(path) ?? file.read();
    made.set(path, body);
    return {
      status: 200,
      source: "Page",
      headers: [
        ["Content-Type", file.type],
        ["Cache-Control", "no-store"],
        ["Content-Security-Policy", CONTENT_SECURITY_POLICY],
        ["Referrer-Policy", "no-referrer"],
        ["X-Content-Type-Options", "nosniff"],
      ],
      body: Buffer.from(await body),
    };
  };
}

function redirect(location: string): Answer {
  const headers = [
    ["Location", location],
    ["Cache-Control", "no-store"],
  ] as const;
  return { status: 302, source: "Page", headers, body: Buffer.alloc(0) };
}
