import type { GeneratedResponse, ViewerRequest } from "@presign-once/adapter-edge";
import { LOCK_HEADER } from "@presign-once/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Variation } from "../origin-lock/client-controls.ts";
import { variation } from "../origin-lock/random-variations.ts";
import { type CountingDownloads, createCountingDownloads } from "./counting-downloads.ts";
import { draftEvent } from "./counting-edge.ts";
import { PLANTED } from "./smuggling.ts";
import { type Change, draftOf, type UploadDraft, withFields } from "./upload-draft.ts";

export const MAX_LINE_LENGTH = 400;
export const MAX_ANSWER_LENGTH = 20_000;

/** What a client may do with a link: look, press, come with its pass or with that of another link, or something else. */
export const start = fc.record({
  method: fc.constantFrom("GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "get", ""),
  query: fc.constantFrom("none", "pass", "pass", "pass of another link"),
  accept: fc.constantFrom("text/html", "application/json", "*/*"),
});

/**
 * Whatever is sent with a link: nothing is passed on without a claim, nothing is used up without a pass, at most one client
 * gets the file, and no part of a link or a pass is logged or told to anybody but the one that pressed.
 *
 * @param runs  how many variations by chance
 */
export function describeDownloadLinks(runs: number): void {
  describe("the verify handler, links for downloads", { timeout: 600_000 }, () => {
    const edge = createCountingDownloads();

    test(`${runs} variations by chance, up to four at once`, async () => {
      const changes = fc.array(variation, { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(start, changes, async (from, list) => {
          await checkVariation(edge, from, (draft) =>
            list.reduce((changed, [, change]: Variation) => change(changed), draft),
          );
        }),
        { numRuns: runs },
      );
    });

    test("one client of many with variations of one link gets the file", async () => {
      const sent = fc.array(fc.tuple(start, variation, fc.boolean()), { minLength: 2, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(sent, async (clients) => {
          const url = await edge.issue();
          const passes = await Promise.all(clients.map(() => edge.press(url)));
          const results = await Promise.all(
            clients.map(async ([{ method }, [, change], isChanged], n) => {
              const draft = { ...draftOf(passes[n] ?? "", ""), method };
              return edge.call(draftEvent(isChanged ? change(draft) : draft));
            }),
          );
          expect(results.filter(isPassedOn).length).toBeLessThanOrEqual(1);
          const owners = new Set(results.filter(isPassedOn).map(({ headers }) => headers[LOCK_HEADER]?.[0]?.value));
          expect(owners.size).toBeLessThanOrEqual(1);
        }),
        { numRuns: Math.ceil(runs / 10) },
      );
    });
  });
}

async function checkVariation(
  edge: CountingDownloads,
  { method, query, accept }: { method: string; query: string; accept: string },
  change: Change,
): Promise<void> {
  const [url, other] = [await edge.issue(), await edge.issue()];
  const [pass, foreign, spare] = [await edge.press(url), await edge.press(other), await edge.press(url)];
  const good = draftOf(query === "pass" ? pass : query === "none" ? url : `${url}?${foreign.split("?")[1]}`, "");
  const planted = withFields(["Accept", accept], ["Cookie", PLANTED], ["Referer", `https://${PLANTED}/`])(good);
  const changed = change({ ...planted, method });
  const before = { ...edge.claims, lines: edge.lines.length };
  const result = await edge.call(draftEvent(changed));
  const won = edge.claims.won - before.won;
  const lines = edge.lines.slice(before.lines);

  const secrets = [...edge.secrets, ...partsOf(pass), ...partsOf(foreign), PLANTED];
  expect(lines).toHaveLength(changed.method === "OPTIONS" ? 0 : 1);
  for (const line of lines) {
    expect(line.length).toBeLessThan(MAX_LINE_LENGTH);
    expect(secrets.filter((secret) => line.includes(secret))).toEqual([]);
  }
  if (isPassedOn(result)) {
    expect(won).toBe(1);
    expect([changed.method, hasPass(changed, pass)]).toEqual(["GET", true]);
    expect(result.uri).toBe("/uploads/a%20b.pdf");
    expect(result.querystring).not.toContain("pass=");
    expect(edge.origin(result)).toBe("answered");
  } else {
    expect([edge.claims.asked - before.asked, won]).toEqual([0, 0]); // no refusal, page or pass costs a claim
    expect(result.body.length).toBeLessThan(MAX_ANSWER_LENGTH);
    // A pass is handed out under the link that was sent, and nothing else of it is in any answer.
    const { location, ...headers } = result.headers;
    if (result.status !== "303") expect(location).toBeUndefined();
    const answer = JSON.stringify({ ...result, headers });
    expect(secrets.filter((secret) => answer.includes(secret))).toEqual([]);
    const told = location?.[0]?.value ?? "";
    expect(
      partsOf(pass)
        .slice(-2)
        .filter((secret) => told.includes(secret)),
    ).toEqual([]);
  }

  const afterwards = await edge.call(getOf(spare));
  if (isPassedOn(result)) expect(afterwards).toMatchObject({ status: "410" });
  else expect(afterwards).not.toHaveProperty("status");
}

function getOf(url: string) {
  return draftEvent({ ...draftOf(url, ""), method: "GET" });
}

export function hasPass({ query }: UploadDraft, pass: string): boolean {
  return query === pass.split("?")[1];
}

function isPassedOn(result: ViewerRequest | GeneratedResponse): result is ViewerRequest {
  return !("status" in result);
}

/** What a holder of a link and a pass knows, and a log must not: payload, tag, secret of the client, tag of the pass. */
export function partsOf(pass: string): string[] {
  const { pathname, searchParams } = new URL(pass);
  const [payload = "", , mac = ""] = pathname.slice("/d/".length).split(".");
  const [, nonce = "", , tag = ""] = (searchParams.get("pass") ?? "").split(".");
  return [payload, mac, nonce, tag];
}
