import { randomBytes } from "node:crypto";

import { CheckFailed } from "../check.ts";
import { expectRefused, expectStored, type HttpCheck, isOwnAnswer, PASSED } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { failedBy, isRefusal } from "../explain-answer.ts";

const BODY_BYTES = 1_024;
/** How many uploads of one URL start at once. */
const ENTRANTS = 20;

/** The guarantee itself. */
export const secondUseChecks: readonly HttpCheck[] = [
  {
    name: "second-use",
    title: "a second use is refused",
    async run(session) {
      const { grant } = await session.ask();
      expectStored(await session.upload(grant, randomBytes(BODY_BYTES)));
      expectRefused(await session.upload(grant, randomBytes(BODY_BYTES)), "already-claimed", "second-use-accepted");
      return PASSED;
    },
  },

  {
    name: "race",
    title: `of ${ENTRANTS} uses at once exactly one is stored`,
    async run(session) {
      const { grant } = await session.ask();
      const all = await Promise.all(
        Array.from({ length: ENTRANTS }, () => session.upload(grant, randomBytes(BODY_BYTES))),
      );
      const stored = all.filter(({ answer }) => answer.status === 200);
      if (stored.length > 1)
        throw new CheckFailed(diagnosis("two-winners"), `${stored.length} of ${ENTRANTS} were stored`);
      const refused = all.filter(({ answer }) => isRefusal(answer, "already-claimed"));
      const others = all.filter((sent) => !stored.includes(sent) && !refused.includes(sent));
      // A claim that is not decided is refused with 503, which keeps the guarantee; anything of CloudFront's or S3's is a fault.
      const fault = others.find((sent) => stored.length === 0 || !isOwnAnswer(sent));
      if (fault !== undefined) throw failedBy(fault.answer, fault.request, "upload");
      if (stored.length === 0)
        throw new CheckFailed(diagnosis("url-not-fresh"), `${ENTRANTS} of ${ENTRANTS} were refused`);
      const undecided = others.length === 0 ? "" : `, ${others.length} undecided`;
      return { status: "passed", note: `1 stored, ${refused.length} refused${undecided}` };
    },
  },
];
