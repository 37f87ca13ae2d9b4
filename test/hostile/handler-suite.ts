import type { GeneratedResponse, ViewerRequest } from "@presign-once/adapter-edge";
import { LOCK_HEADER, PresignOnceError } from "@presign-once/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Variation } from "../origin-lock/client-controls.ts";
import { variation } from "../origin-lock/random-variations.ts";
import { ALLOWED_ORIGIN, type CountingEdge, createCountingEdge, draftEvent } from "./counting-edge.ts";
import { PLANTED } from "./smuggling.ts";
import { draftOf, type UploadDraft, withFields } from "./upload-draft.ts";

/** Answers for which the index has to be asked. */
const FROM_THE_INDEX = new Set(["UrlAlreadyUsed", "SlowDown", "ClaimUndecided"]);
const MAX_LINE_LENGTH = 400;
const MAX_ANSWER_LENGTH = 1_000;

/**
 * Whatever event reaches the verify handler: it throws at nothing that CloudFront may send, passes nothing on without a
 * claim, uses nothing up without passing it on, asks the index for no refusal that needs none, and logs one short line.
 *
 * @param runs     how many variations by chance
 * @param signing  of the URLs that are varied
 */
export function describeHandler(runs: number, signing: "at-issue" | "at-use"): void {
  describe(`the verify handler, URLs signed ${signing}`, { timeout: 600_000 }, () => {
    const edge = createCountingEdge(signing);

    test(`${runs} variations by chance, up to four at once`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(variation, { minLength: 1, maxLength: 4 }), async (changes) => {
          await checkVariation(edge, (draft) =>
            changes.reduce((changed, [, change]: Variation) => change(changed), draft),
          );
        }),
        { numRuns: runs },
      );
    });

    test("answers or throws EVENT_INVALID for any value in place of a part of the event", async () => {
      const parts = [
        "request",
        "config",
        "method",
        "uri",
        "querystring",
        "headers",
        "clientIp",
        "requestId",
        "eventType",
      ];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...parts), fc.anything(), async (part, anything) => {
          const { url } = await edge.issue();
          const event = structuredClone(draftEvent(draftOf(url)) as unknown) as {
            Records: [{ cf: Record<string, Record<string, unknown>> }];
          };
          const [{ cf }] = event.Records;
          if (part in cf) (cf as Record<string, unknown>)[part] = anything;
          else
            for (const holder of [cf["request"], cf["config"]])
              if (holder !== undefined && part in holder) holder[part] = anything;
          await expectAnswerOrInvalid(edge, event);
        }),
        { numRuns: runs },
      );
    });

    test("answers or throws EVENT_INVALID for any value as the event", async () => {
      await fc.assert(
        fc.asyncProperty(fc.anything(), async (event) => expectAnswerOrInvalid(edge, event)),
        { numRuns: runs },
      );
    });

    test("passes on at most one of many concurrent variations of one URL", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(variation, { minLength: 2, maxLength: 20 }), async (changes) => {
          const { url, headers } = await edge.issue();
          const good = { ...draftOf(url), fields: [...draftOf(url).fields, ...Object.entries(headers)] };
          const results = await Promise.all(changes.map(async ([, change]) => edge.call(draftEvent(change(good)))));
          expect(results.filter((result) => !("status" in result)).length).toBeLessThanOrEqual(1);
        }),
        { numRuns: Math.ceil(runs / 10) },
      );
    });

    test("answers preflights without a log line, a claim or a part of the URL", async () => {
      const { url } = await edge.issue();
      const before = { ...edge.claims, lines: edge.lines.length };
      for (const origin of [ALLOWED_ORIGIN, "https://evil.example", PLANTED, ""]) {
        const preflight = withFields(
          ["Origin", origin],
          ["Access-Control-Request-Method", "PUT"],
          ["Access-Control-Request-Headers", "x-a, content-type"],
        );
        const answer = await edge.call(draftEvent({ ...preflight(draftOf(url)), method: "OPTIONS" }));
        expect(JSON.stringify(answer)).not.toMatch(/X-Amz|x-once/);
        expect(JSON.stringify(answer)).not.toContain(PLANTED);
      }
      expect({ ...edge.claims, lines: edge.lines.length }).toEqual(before);
    });
  });
}

/** Sends a changed upload and then a valid one of the same URL, and checks both against the guarantees. */
export async function checkVariation(
  edge: CountingEdge,
  change: (draft: UploadDraft) => UploadDraft,
): Promise<ViewerRequest | GeneratedResponse> {
  const { url, headers } = await edge.issue();
  const good = { ...draftOf(url), fields: [...draftOf(url).fields, ...Object.entries(headers)] };
  const planted = withFields(["Cookie", PLANTED], ["Referer", `https://${PLANTED}/`])(good);
  const before = { ...edge.claims, lines: edge.lines.length };
  const changed = change(planted);
  const result = await edge.call(draftEvent(changed));
  const asked = edge.claims.asked - before.asked;
  const won = edge.claims.won - before.won;
  const lines = edge.lines.slice(before.lines);

  expect(lines).toHaveLength(changed.method === "OPTIONS" ? 0 : 1);
  const secrets = [...edge.secrets, ...holdersSecrets(url), PLANTED];
  for (const line of lines) {
    expect(line.length).toBeLessThan(MAX_LINE_LENGTH);
    expect(secrets.filter((secret) => line.includes(secret))).toEqual([]);
  }
  if ("status" in result) {
    expect(won).toBe(0);
    const code = /<Code>(\w+)<\/Code>/.exec(result.body)?.[1] ?? "";
    if (!FROM_THE_INDEX.has(code)) expect([code, asked]).toEqual([code, 0]);
    expect(result.body.length).toBeLessThan(MAX_ANSWER_LENGTH);
    const answer = JSON.stringify(result);
    expect(secrets.filter((secret) => answer.includes(secret))).toEqual([]);
  } else {
    expect([asked, won]).toEqual([1, 1]);
    expect(edge.origin(result)).toBe("stored");
    expect(result.querystring).not.toContain("x-once-tag");
    expect(result.headers[LOCK_HEADER]).toHaveLength(1);
  }

  const afterwards = await edge.call(draftEvent(good));
  if ("status" in result) expect(afterwards).not.toHaveProperty("status");
  else expect(afterwards).toMatchObject({ status: "403", body: expect.stringContaining("UrlAlreadyUsed") });
  return result;
}

async function expectAnswerOrInvalid(edge: CountingEdge, event: unknown): Promise<void> {
  const { won } = edge.claims;
  let result: ViewerRequest | GeneratedResponse;
  try {
    result = await edge.call(event);
  } catch (error) {
    expect(error).toBeInstanceOf(PresignOnceError);
    expect(error).toMatchObject({ code: "EVENT_INVALID" });
    expect(edge.claims.won).toBe(won);
    return;
  }
  if ("status" in result) expect(edge.claims.won).toBe(won);
  else expect([edge.claims.won - won, edge.origin(result)]).toEqual([1, "stored"]);
}

/** What a holder of the URL knows, and a log must not. */
function holdersSecrets(url: string): string[] {
  const { pathname, searchParams } = new URL(url);
  const [signature, tag] = [searchParams.get("X-Amz-Signature"), searchParams.get("x-once-tag")];
  if (signature !== null && tag !== null) return [pathname.slice(1), signature, tag.slice(3)];
  const [payload = "", , mac = ""] = pathname.slice("/u/".length).split(".");
  return [payload, mac];
}
