import { createHash } from "node:crypto";

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";

import type { IndexFactory } from "./actors.ts";

/**
 * What may be wrong with a compare-and-swap claim:
 * - `none`: nothing; the control, which must have no violation;
 * - `split-read-back`: the entry's body comes from a GET, and its ETag from a HEAD after it;
 * - `time-out-is-free`: a read-back without an answer counts as "not claimed";
 * - `no-read-back`: a refused write counts as another claimant's claim;
 * - `false-comfort`: reports `mayHaveLanded: false` whenever it does not know.
 */
export type Flaw = "none" | "split-read-back" | "time-out-is-free" | "no-read-back" | "false-comfort";

const ISSUED = "issued";
const ISSUED_ETAG = `"${createHash("md5").update(ISSUED).digest("hex")}"`;
const ATTEMPTS = 3;

/** An index that claims by compare-and-swap, written for tests, with one mistake in it. */
export function createFlawedIndex(flaw: Flaw): IndexFactory {
  return ({ s3, bucket: Bucket }) => {
    async function readBack(Key: string): Promise<{ body: string | undefined; etag: string | undefined } | undefined> {
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        const body = await Body?.transformToString();
        if (flaw !== "split-read-back") return { body, etag: ETag };
        return { body, etag: (await s3.send(new HeadObjectCommand({ Bucket, Key }))).ETag };
      } catch {
        return undefined;
      }
    }

    return {
      async register(hash) {
        await s3.send(new PutObjectCommand({ Bucket, Key: hash, Body: ISSUED, IfNoneMatch: "*" }));
        return { status: "registered" };
      },

      async claim(hash, claimant) {
        let etag: string | undefined = ISSUED_ETAG;
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
          try {
            await s3.send(new PutObjectCommand({ Bucket, Key: hash, Body: claimant, IfMatch: etag }));
            return { status: "claimed" };
          } catch {
            if (flaw === "no-read-back") return { status: "already-claimed" };
            if (flaw === "false-comfort") break;
          }
          const entry = await readBack(hash);
          if (entry === undefined && flaw === "time-out-is-free") return { status: "claimed" };
          if (entry === undefined) continue;
          if (entry.body !== ISSUED) return { status: entry.body === claimant ? "claimed" : "already-claimed" };
          etag = entry.etag;
        }
        return { status: "indeterminate", mayHaveLanded: flaw !== "false-comfort", cause: "no time left" };
      },
    };
  };
}
