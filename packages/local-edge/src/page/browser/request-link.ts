/** What became of asking for a link. */
export type LinkAnswer =
  | { readonly status: "issued"; readonly url: string }
  | { readonly status: "refused"; readonly reason: string };

const PATIENCE_MS = 30_000;

/** Codes of the endpoint in the page's words. */
const REASONS: Readonly<Record<string, string>> = {
  AccessDenied: "This edge lets you upload, but hands out no download links for this file.",
  InvalidArgument: "This edge hands out no download links for this file.",
  Unauthorized: "This edge hands out links only to those it knows, and this page has no token to show.",
  SlowDown: "The storage is busy or down, so there is no link yet. Try again in a while.",
  InternalError: "The edge could not make a link. Its log says why.",
};
const NO_ANSWER = "The edge did not answer, so there is no link. Is it still running? Try again.";
const UNREADABLE = "The edge made no link, and did not say why in a form that this page can read.";

/**
 * Asks the endpoint for a link that downloads an object once, under the file's own name where the endpoint takes it.
 *
 * Never rejects.
 */
export async function requestLink(key: string, fileName: string): Promise<LinkAnswer> {
  try {
    const named = await ask({ download: key, filename: fileName });
    // A file may have a name that no link may have: the link then names it by its key.
    const { ok, body } = named.code === "InvalidArgument" ? await ask({ download: key }) : named;
    if (ok && typeof body["url"] === "string") return { status: "issued", url: body["url"] };
    return { status: "refused", reason: reasonOf(body) };
  } catch {
    return { status: "refused", reason: NO_ANSWER };
  }
}

type Body = Readonly<Record<string, unknown>>;

async function ask(parameters: Readonly<Record<string, string>>): Promise<{ ok: boolean; code: unknown; body: Body }> {
  const response = await fetch(`/url?${new URLSearchParams(parameters).toString()}`, {
    headers: { accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const body = read(await response.text());
  return { ok: response.ok, code: body["code"], body };
}

function read(text: string): Body {
  try {
    return Object(JSON.parse(text)) as Body;
  } catch {
    return {};
  }
}

function reasonOf({ code, message }: Body): string {
  if (typeof code === "string" && Object.hasOwn(REASONS, code)) return REASONS[code] ?? UNREADABLE;
  return typeof message === "string" && message !== "" ? message : UNREADABLE;
}
