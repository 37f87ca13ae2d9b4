import { randomBytes } from "node:crypto";

import { isTicket } from "../ask-for-url.ts";
import { CheckFailed } from "../check.ts";
import { expectRefused, expectStored, type HttpCheck, PASSED } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { isRefusal } from "../explain-answer.ts";

const BODY_BYTES = 1_024;

/** Ways to write one query: programs on the way to a client do both. */
const RESPELLINGS: readonly (readonly [words: string, (query: string) => string])[] = [
  ["in another order", (query) => query.split("&").reverse().join("&")],
  ["with other escapes", (query) => query.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())],
];

/** Whether every way to write a URL is one and the same URL. */
export const spellingCheck: HttpCheck = {
  name: "spelling",
  title: "a URL that is spelled otherwise is the same URL",
  async run(session) {
    for (const [words, respell] of RESPELLINGS) {
      const { grant } = await session.ask();
      if (isTicket(grant)) return { status: "skipped", reason: "a ticket has one spelling" };
      const [base = "", query = ""] = grant.url.split("?");
      const sent = await session.upload(grant, randomBytes(BODY_BYTES), { url: `${base}?${respell(query)}` });
      if (isRefusal(sent.answer, "unknown") || isRefusal(sent.answer, "malformed"))
        throw new CheckFailed(diagnosis("spelling-refused"), `the query ${words} was answered ${sent.answer.status}`);
      expectStored(sent);
      expectRefused(await session.upload(grant, randomBytes(BODY_BYTES)), "already-claimed", "second-use-accepted");
    }
    return PASSED;
  },
};
