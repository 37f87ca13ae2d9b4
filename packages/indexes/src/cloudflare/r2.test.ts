import { randomIds, type SignatureHash } from "@presign-once/core";
import { indexLaws } from "@presign-once/core/testing";
import { expect, test } from "vitest";

import { createR2Index, type R2Binding } from "./r2.ts";

// The laws with faults, and the races, run against the real thing, in test/stores.
const hash = "0".repeat(64) as SignatureHash;

/** A bucket in memory, with the conditions of R2. */
function createBucket() {
  const objects = new Map<string, { etag: string; uploaded: Date; body: string }>();
  let writes = 0;
  const bucket: R2Binding = {
    async get(key) {
      const object = objects.get(key);
      return object === undefined ? null : { ...object, text: async () => object.body };
    },
    async put(key, body, { onlyIf }) {
      const etag = objects.get(key)?.etag;
      const holds =
        "etagMatches" in onlyIf
          ? etag === onlyIf.etagMatches
          : etag === undefined || (onlyIf.etagDoesNotMatch !== "*" && etag !== onlyIf.etagDoesNotMatch);
      if (!holds) return null;
      objects.set(key, { etag: String(++writes), uploaded: new Date(), body });
      return {};
    },
  };
  return { bucket, objects };
}

const { bucket } = createBucket();
test.each(indexLaws.filter(({ needsFaults }) => needsFaults === undefined).map((law) => [law.name, law] as const))(
  "%s",
  async (_name, law) => law.check({ open: () => createR2Index({ bucket }) }),
);

test.each(["something else", `{"presign-once":"claimed","claimant":"${randomIds.claimant()}"} and more`])(
  "an entry that presign-once did not write is undecided, for good: %s",
  async (body) => {
    const { bucket: foreign, objects } = createBucket();
    objects.set(`signatures/${hash}`, { etag: "1", uploaded: new Date(), body });
    expect(await createR2Index({ bucket: foreign }).claim(hash, randomIds.claimant())).toMatchObject({
      status: "indeterminate",
      mayHaveLanded: false,
      cause: { code: "INDEX_UNREADABLE" },
    });
  },
);
