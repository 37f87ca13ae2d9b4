import type { HeaderField } from "../ports/header-field.ts";

/** What the page tells. */
export type DownloadPage =
  | { readonly kind: "offer"; readonly fileName: string; readonly expiresAt: Date }
  | {
      readonly kind: "refusal";
      readonly title: string;
      readonly message: string;
      /** Whether the same address may answer with the file in a moment. */
      readonly mayTryAgain: boolean;
      readonly requestId: string;
    };

/** No script runs, nothing is loaded, no other page may show it, and the link is told to nobody. */
export const PAGE_HEADERS: readonly HeaderField[] = [
  ["Content-Type", "text/html; charset=utf-8"],
  ["Cache-Control", "no-store"],
  [
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  ],
  ["Referrer-Policy", "no-referrer"],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Robots-Tag", "noindex, nofollow"],
];

const STYLE = `:root{color-scheme:light dark;--text:#1b1f24;--quiet:#59636e;--back:#fff;--edge:#d1d9e0;--act:#0a58ca}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--quiet:#9198a1;--back:#0d1117;--edge:#3d444d;--act:#4493f8}}
*{box-sizing:border-box}
body{margin:0;min-height:100svh;display:grid;place-items:center;padding:1rem;background:var(--back);color:var(--text);
font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:28rem;padding:1.5rem;border:1px solid var(--edge);border-radius:.75rem}
h1{margin:0 0 .5rem;font-size:1.25rem;overflow-wrap:anywhere}
p{margin:.5rem 0;color:var(--quiet)}
time{white-space:nowrap}
button,a{display:block;width:100%;margin-top:1rem;padding:.75rem 1rem;border:1px solid transparent;border-radius:.5rem;
background:var(--act);color:#fff;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
@media (prefers-color-scheme:dark){button,a{color:#0d1117}}
:focus-visible{outline:3px solid var(--text);outline-offset:2px}
small{display:block;margin-top:1rem;color:var(--quiet);overflow-wrap:anywhere}`;

/** A name of which more than about six lines would be shown on a narrow phone. */
const LONGER_THAN_100 = /^(.{69}).{2,}(.{30})$/su;

/**
 * Writes the page for the person who opens a link: what it is, until when, and a button; or what became of it.
 *
 * Opening it uses nothing up: the button is a form, and what it posts to hands out the pass. It posts to the link without
 * its query, since the page may stand at a pass that came too late.
 */
export function downloadPage(content: DownloadPage): string {
  return content.kind === "offer" ? offer(content) : refusal(content);
}

function offer({ fileName, expiresAt }: Extract<DownloadPage, { kind: "offer" }>): string {
  const name = shownName(fileName);
  const until = expiresAt
    .toISOString()
    .replace("T", " ")
    .replace(/:\d\d\.\d+Z$/, " UTC");
  return html(
    `Download ${name}`,
    `<h1 dir="auto">${escape(name)}</h1>
<p>This link works once, until <time datetime="${expiresAt.toISOString()}">${until}</time>. Opening this page does not use it.</p>
<form method="post" action="?"><button>Download</button></form>`,
  );
}

/** The way to try again leads to the address that the page stands at, with its pass. */
function refusal({ title, message, mayTryAgain, requestId }: Extract<DownloadPage, { kind: "refusal" }>): string {
  const again = mayTryAgain ? `<a href="">Try again</a>\n` : "";
  return html(
    title,
    `<h1>${escape(title)}</h1>\n<p>${escape(message)}</p>\n${again}<small>Request ID: ${escape(requestId)}</small>`,
  );
}

/** A name with its extension in sight: the middle of a long one is left out, so that the button stays on a phone's screen. */
function shownName(fileName: string): string {
  return fileName.replace(LONGER_THAN_100, "$1…$2");
}

function html(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<main>
${body}
</main>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
