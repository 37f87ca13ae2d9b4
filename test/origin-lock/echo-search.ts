import type { Stack } from "../e2e/stack.ts";
import { type RawAnswer, sendBytes } from "../hostile/raw-exchange.ts";
import { bytesOf, draftOf, replacingFields } from "../hostile/upload-draft.ts";
import type { Variation } from "./client-controls.ts";
import { isAsPromised } from "./origin-answers.ts";

/** What became of a list of variations. */
export interface SearchResult {
  /** Names of those that the edge passed on. */
  readonly passed: readonly string[];
  /** Names of those that it, or the HTTP front before it, refused. */
  readonly refused: readonly string[];
  /** What must not be: a request passed on that the origin refused, or an unused URL that was used up by a refusal. */
  readonly findings: readonly string[];
}

/** How many variations are under way at once. */
const WORKERS = 4;
/** Answers by which the edge says that S3 was slow, which tells nothing about a variation. */
const INCONCLUSIVE = new Set(["ClaimUndecided", "SlowDown"]);

/**
 * Sends one upload for each variation through the whole stack, and looks at what the origin says to those that the edge
 * passes on.
 *
 * A URL serves until one of its variations is passed on; in the end each URL must have been good for exactly one upload.
 *
 * @param parameters  what to bind into the URLs, as the query of `/url`; default: nothing
 */
export async function searchForEchoes(
  stack: Stack,
  variations: readonly Variation[],
  parameters = "",
): Promise<SearchResult> {
  const port = Number(new URL(stack.local.baseUrl).port);
  const passed: string[] = [];
  const refused: string[] = [];
  const findings: string[] = [];
  const originRequestsBefore = stack.local.originRequestCount();
  const waiting = [...variations];

  async function issue(): Promise<Granted> {
    const answer = await fetch(`${stack.local.baseUrl}/url?${parameters}`, { headers: { accept: "application/json" } });
    if (answer.status !== 200) throw new Error(`no URL was issued: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Granted;
  }

  async function tryOut(
    { url, headers }: Granted,
    [, change]: Variation,
  ): Promise<{ answer: RawAnswer; isPassed: boolean }> {
    const good = replacingFields(...Object.entries(headers))(draftOf(url));
    const answer = await sendBytes(port, bytesOf(change(good)));
    return { answer, isPassed: uploadsOf(stack, url) > 0 };
  }

  /** Spends one URL: on the first variation that is passed on or, when none is left, on a plain upload. */
  async function spend(granted: Granted): Promise<void> {
    const seen: string[] = [];
    for (let next = waiting.shift(); ; next = waiting.shift()) {
      const variation = next ?? PLAIN;
      const [name] = variation;
      const { answer, isPassed } = await tryOut(granted, variation);
      if (INCONCLUSIVE.has(answer.code)) {
        if (next !== undefined) waiting.push(next);
        return;
      }
      if (answer.code === "UrlAlreadyUsed" && !isPassed) {
        findings.push(`used up, and never passed on, by one of: ${seen.join(" | ")}`);
        if (next !== undefined) waiting.push(next);
        return;
      }
      if (isPassed && !isAsPromised(answer)) findings.push(`${name}: passed on, and answered ${summary(answer)}`);
      if (variation === PLAIN) {
        plain++;
        return;
      }
      (isPassed ? passed : refused).push(name);
      if (isPassed) return;
      seen.push(name);
    }
  }

  let plain = 0;
  async function work(): Promise<void> {
    while (waiting.length > 0) await spend(await issue());
  }

  await Promise.all(Array.from({ length: WORKERS }, work));
  const left = stack.local.originRequestCount() - originRequestsBefore;
  if (left !== passed.length + plain)
    findings.push(`${left} requests left for the origin, ${passed.length + plain} were seen`);
  return { passed, refused, findings };
}

/** A URL, and what must be sent with it. */
interface Granted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The upload as it should be. */
const PLAIN: Variation = ["a plain upload", (draft) => draft];

/** How many requests for the object of a URL have reached the origin. */
function uploadsOf(stack: Stack, url: string): number {
  const path = `/${stack.bucket}${new URL(url).pathname}`;
  return stack.network.requests.filter((request) => request.path === path).length;
}

function summary({ status, code, body }: RawAnswer): string {
  return `${status} ${code} ${JSON.stringify(body.slice(0, 200))}`;
}
