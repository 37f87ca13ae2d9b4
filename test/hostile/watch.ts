import type { Stack } from "../e2e/stack.ts";
import { type RawAnswer, sendBytes } from "./raw-exchange.ts";
import { bytesOf, draftOf } from "./upload-draft.ts";

/** Bytes to try out on an unused URL. */
export interface Attempt {
  readonly name: string;
  /** The request; `target` is path and query of the URL. */
  readonly bytes: (target: string, host: string) => string;
  /** Methods of the requests in it that are to be answered; default: one request. */
  readonly methods?: readonly string[];
}

/** What became of a list of attempts. */
export interface Verdict {
  /** Names of the attempts of which an upload was passed on. */
  readonly passed: readonly string[];
  /** What must not be. */
  readonly faults: readonly string[];
}

/** How long a request that may not be whole is waited for, in milliseconds; longer than a claim takes on a busy machine. */
const PATIENCE_MS = 3_000;
/** So many refused attempts, at most, share one URL; then a good upload shows whether it was still unused. */
const MAX_SHARING = 15;
/** Longest line that a function logs about any upload. */
const MAX_LINE_LENGTH = 500;
/** Refusals for which S3 has to be asked. */
const FROM_THE_INDEX = new Set(["UrlAlreadyUsed", "SlowDown", "ClaimUndecided"]);

/**
 * Runs attempts one after the other, on a stack without other users and with one request per claim, and checks the results
 * against the guarantees:
 *
 * - for each URL one claim is won, and one upload passed on: an attempt's, or that of the good upload in the end;
 * - a refusal that needs no S3 asks nothing of it;
 * - the functions log short lines, and neither these nor the answers hold a secret.
 *
 * @param secretsOf  texts of a URL that no log line or answer may contain
 */
export async function tryOut(
  stack: Stack,
  attempts: readonly Attempt[],
  secretsOf: (url: string) => Promise<readonly string[]>,
): Promise<Verdict> {
  const port = Number(new URL(stack.local.baseUrl).port);
  const passed: string[] = [];
  const faults: string[] = [];
  const waiting = [...attempts];

  async function spend(url: string): Promise<void> {
    const secrets = await secretsOf(url);
    const start = countsOf(stack);
    const sharing: string[] = [];
    for (;;) {
      const attempt = sharing.length < MAX_SHARING ? waiting.shift() : undefined;
      const before = countsOf(stack);
      const answer = await (attempt === undefined ? sendGood(url) : send(attempt, url));
      const { origin, s3, lines } = since(before);
      const name = attempt?.name ?? `the good upload after ${sharing.join(" | ")}`;
      const fault = (what: string): void => void faults.push(`${name}: ${what}`);
      for (const secret of secrets)
        if ([answer.head, answer.body, ...lines].some((text) => text.includes(secret)))
          fault(`told ${JSON.stringify(secret)}`);
      for (const line of lines) if (line.length > MAX_LINE_LENGTH) fault(`logged a line of ${line.length} characters`);
      if (origin === 0 && s3 > 0 && !FROM_THE_INDEX.has(answer.code))
        fault(`refused with ${answer.code} by ${s3} requests to S3`);

      if (attempt === undefined || origin > 0 || FROM_THE_INDEX.has(answer.code)) {
        const { origin: uploads, claims } = since(start);
        if (answer.gaveUp && uploads === 0) return; // who hangs up while the claim is made has used the URL up
        if (uploads !== 1 || claims !== 1)
          fault(`${claims} claims won and ${uploads} uploads passed on, by it and ${sharing.join(" | ")}`);
        if (attempt === undefined && answer.status !== 200) fault(`answered ${answer.status} ${answer.code}`);
        if (attempt !== undefined) passed.push(attempt.name);
        return;
      }
      sharing.push(attempt.name);
    }
  }

  async function send({ bytes, methods }: Attempt, url: string): Promise<RawAnswer> {
    const { host, pathname, search } = new URL(url);
    return sendBytes(port, Buffer.from(bytes(pathname + search, host), "latin1"), PATIENCE_MS, methods);
  }

  async function sendGood(url: string): Promise<RawAnswer> {
    return sendBytes(port, bytesOf(draftOf(url)));
  }

  /** What has happened since a moment; `origin` counts requests that left for it, `s3` all that the server saw. */
  function since(moment: ReturnType<typeof countsOf>) {
    const requests = stack.network.requests.slice(moment.s3);
    const won = requests.filter(
      (r) => r.method === "PUT" && r.path.includes("/signatures/") && r.upstreamStatus === 200,
    );
    return {
      origin: stack.local.originRequestCount() - moment.origin,
      s3: requests.length,
      claims: won.length,
      lines: stack.log.slice(moment.lines),
    };
  }

  while (waiting.length > 0) await spend(await stack.issue());
  return { passed, faults };
}

function countsOf(stack: Stack): { readonly origin: number; readonly s3: number; readonly lines: number } {
  return { origin: stack.local.originRequestCount(), s3: stack.network.requests.length, lines: stack.log.length };
}
