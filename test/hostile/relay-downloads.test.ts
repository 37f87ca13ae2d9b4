import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Variation } from "../origin-lock/client-controls.ts";
import { variation } from "../origin-lock/random-variations.ts";
import { type CountingRelay, FILE, getOf, startCountingRelay } from "./counting-relay.ts";
import { hasPass, MAX_ANSWER_LENGTH, MAX_LINE_LENGTH, partsOf, start } from "./download-suite.ts";
import { PLANTED } from "./smuggling.ts";
import { type UploadDraft, withFields } from "./upload-draft.ts";

const RUNS = 200;

describe("a relay on a socket, links for downloads", { timeout: 600_000 }, () => {
  let relay: CountingRelay;
  beforeAll(async () => {
    relay = await startCountingRelay();
  });
  afterAll(() => relay?.stop());

  const effects = () => ({ ...relay.claims, ...relay.store });

  test("what is not exactly the link and its pass uses nothing up and asks the store for nothing", async () => {
    const [url, other] = [await relay.issue(), await relay.issue()];
    const [pass, foreign] = [await relay.press(url), await relay.press(other)];
    const { pathname, search } = new URL(pass);
    const [payload = "", keyId = "", mac = ""] = pathname.slice("/d/".length).split(".");
    const [, otherKeyId = "", otherMac = ""] = new URL(other).pathname.slice("/d/".length).split(".");
    const upload = new URL(await relay.issue("")).pathname;
    const encoded = (text: string) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`;
    const tokens = {
      cut: pathname.slice(0, -1),
      "cut to its payload": `/d/${payload}`,
      "without its key": `/d/${payload}.${mac}`,
      padded: `${pathname}=`,
      "padded in its payload": `/d/${payload}=.${keyId}.${mac}`,
      "followed by a slash": `${pathname}/`,
      "followed by a dot": `${pathname}.`,
      "followed by an encoded NUL": `${pathname}%00`,
      "re-encoded in its payload": `/d/${encoded(payload)}.${keyId}.${mac}`,
      "re-encoded in its dots": `/d/${payload}%2E${keyId}%2e${mac}`,
      "in capitals": `/d/${payload}.${keyId}.${mac.toUpperCase()}`,
      "below two slashes": `/d//${payload}.${keyId}.${mac}`,
      "below another folder": `/D/${payload}.${keyId}.${mac}`,
      "below an encoded folder": `/%64/${payload}.${keyId}.${mac}`,
      "beside a folder": `/x/../d/${payload}.${keyId}.${mac}`,
      "with the tag of another link": `/d/${payload}.${otherKeyId}.${otherMac}`,
      "of an upload": upload.replace("/u/", "/d/"),
    };
    const passes = {
      cut: search.slice(1, -1),
      padded: `${search.slice(1)}=`,
      "re-encoded": `pass=${encoded(search.slice("?pass=".length))}`,
      "of another name": search.slice(1).replace("pass", "Pass"),
      twice: `${search.slice(1)}&${search.slice(1)}`,
      "with another parameter": `${search.slice(1)}&a=b`,
      "of another link": new URL(foreign).search.slice(1),
      "that is the link's own tag": `pass=${keyId}.${mac}`,
      empty: "pass=",
    };
    const good = getOf(pass);
    const drafts: Record<string, UploadDraft> = {
      ...Object.fromEntries(Object.entries(tokens).map(([how, path]) => [`a token ${how}`, { ...good, path }])),
      ...Object.fromEntries(Object.entries(passes).map(([how, query]) => [`a pass ${how}`, { ...good, query }])),
      ...Object.fromEntries(
        ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "GETS"].map((method) => [
          method,
          { ...good, method },
        ]),
      ),
      "a link where uploads go": { ...good, method: "PUT", path: pathname.replace("/d/", "/u/"), query: "" },
      "a GET that claims to be a POST": { ...withFields(["X-HTTP-Method-Override", "GET"])(good), method: "POST" },
    };
    const before = effects();
    for (const [what, draft] of Object.entries(drafts)) {
      const { status, body } = await relay.send(draft);
      expect([what, body.includes(FILE), effects()]).toEqual([what, false, before]);
      expect([what, status]).toEqual([
        what,
        draft.method === "HEAD" ? 200 : expect.toSatisfy((n: number) => n === 204 || n >= 400),
      ]);
    }
    expect(await relay.send(good)).toMatchObject({ status: 200, body: expect.stringContaining(FILE) as string });
    expect(effects()).toEqual({ ...before, asked: before.asked + 1, won: before.won + 1, opens: before.opens + 1 });
  });

  test(`${RUNS} variations by chance, up to four at once`, async () => {
    await fc.assert(
      fc.asyncProperty(start, fc.array(variation, { maxLength: 4 }), async ({ method, query, accept }, list) => {
        const [url, other] = [await relay.issue(), await relay.issue()];
        const [pass, foreign, spare] = [await relay.press(url), await relay.press(other), await relay.press(url)];
        const sent = query === "pass" ? pass : query === "none" ? url : `${url}?${foreign.split("?")[1]}`;
        const planted = withFields(["Accept", accept], ["Cookie", PLANTED], ["Referer", `https://${PLANTED}/`]);
        const draft = list.reduce<UploadDraft>((changed, [, change]: Variation) => change(changed), {
          ...planted(getOf(sent)),
          method,
        });
        const [before, lines] = [effects(), relay.lines.length];
        const { status, head, body } = await relay.send(draft);
        const after = effects();

        const secrets = [...relay.secrets, ...partsOf(pass), ...partsOf(foreign), PLANTED];
        for (const line of relay.lines.slice(lines)) {
          expect(line.length).toBeLessThan(MAX_LINE_LENGTH);
          expect(secrets.filter((secret) => line.includes(secret))).toEqual([]);
        }
        const isSent = after.opens > before.opens;
        if (isSent) {
          expect([draft.method, hasPass(draft, pass)]).toEqual(["GET", true]);
          expect(after).toEqual({ ...before, asked: before.asked + 1, won: before.won + 1, opens: before.opens + 1 });
        } else {
          expect(after).toEqual(before);
          expect(body.includes(FILE)).toBe(false);
          expect(body.length).toBeLessThan(MAX_ANSWER_LENGTH);
          const told = status === 303 ? body : head + body; // a pass is handed out under the link that was sent
          expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
        }
        expect((await relay.send(getOf(spare))).status).toBe(isSent ? 410 : 200);
      }),
      { numRuns: RUNS },
    );
  });
});
