import { createConditionalIndex, type IndexPlace } from "@presign-once/adapter-s3";
import type { ClaimOutcome, SignatureIndex } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { createLab } from "./lab.ts";
import { firstRounds, runRounds, SEED } from "./run-rounds.ts";

const MAX_ROUNDS = 200;

describe("the rounds detect", { timeout: 120_000 }, () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startR2({ buckets: ["index"] });
  }, 60_000);
  afterAll(async () => server?.stop());

  /** An index that answers claims with `change`. */
  const changed = (change: (told: ClaimOutcome) => ClaimOutcome) => (place: IndexPlace) => {
    const index = createConditionalIndex(place);
    return {
      ...index,
      claim: async (...claim: Parameters<SignatureIndex["claim"]>) => change(await index.claim(...claim)),
    };
  };

  test.each<[string, (place: IndexPlace) => SignatureIndex, RegExp]>([
    [
      "treats every undecided claim as won",
      changed((told) => (told.status === "indeterminate" ? { status: "claimed" } : told)),
      /won|does not own/,
    ],
    [
      "treats every undecided claim as lost",
      changed((told) => (told.status === "indeterminate" ? { status: "already-claimed" } : told)),
      /was refused without|is used up/,
    ],
    [
      "reports mayHaveLanded: false for every undecided claim",
      changed((told) => ({ ...told, mayHaveLanded: false })),
      /has written/,
    ],
    [
      "reports a lost claim as won",
      changed((told) => (told.status === "already-claimed" ? { status: "claimed" } : told)),
      /claimants won/,
    ],
    [
      "reports a won claim as lost",
      changed((told) => (told.status === "claimed" ? { status: "already-claimed" } : told)),
      /is used up/,
    ],
    [
      "never gives up",
      (place) => createConditionalIndex({ ...place, limits: { requestMs: 4_000, totalMs: 8_000 } }),
      /waited/,
    ],
  ])("an index that %s", async (_name, create, verdict) => {
    const lab = await createLab(server, "index", "conditional", { create });
    const { wrong } = await runRounds(lab, { seed: SEED, rounds: firstRounds(MAX_ROUNDS), enough: 3 });
    await lab.stop();
    expect(wrong.flatMap(({ what }) => what).join("; ")).toMatch(verdict);
  });
});
