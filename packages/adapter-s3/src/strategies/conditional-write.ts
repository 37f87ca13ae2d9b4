import type { Deadline } from "../s3/deadline.ts";
import type { PutObjectRequest } from "../s3/index-s3.ts";
import { isMissingKey, isPermanent, mayHaveLanded } from "../s3/s3-failure.ts";
import { type EntryStore, foreignEntry, putEntry, readEntry } from "./entry-store.ts";
import { type Settlement, settlementOf } from "./settled-index.ts";

/** The condition of a write. */
export type WriteCondition = NonNullable<PutObjectRequest["condition"]>;

/**
 * Settles a hash by one conditional write: the server lets at most one of any number of them through.
 *
 * Whenever the answer is anything but a plain yes, the entry is read back in one GET, and what it says is the truth; where
 * it says that nothing is settled yet, the write is tried again until time is over.
 *
 * @param entry.condition  under which the server takes the first word as the last
 * @param entry.ifIssued   the condition when an issued entry was read, of that ETag, after a write that failed for `cause`;
 *                         leave it out where issuing writes nothing, so that a missing entry is a free one
 * @param entry.readFirst  read the entry before the first write, since `condition` would miss; default false
 */
export async function settleByConditionalWrite(
  store: EntryStore,
  entry: {
    readonly key: string;
    readonly body: string;
    readonly condition: WriteCondition;
    readonly ifIssued?: (etag: string, cause: unknown) => Promise<WriteCondition>;
    readonly readFirst?: boolean;
  },
  deadline: Deadline,
): Promise<Settlement> {
  const { key, body, ifIssued } = entry;
  let { condition, readFirst = false } = entry;
  let attempts = 0;
  let landed = false;
  let cause: unknown;
  do {
    if (readFirst) readFirst = false;
    else {
      attempts++;
      try {
        await putEntry(store, { key, body, condition }, deadline);
        return { status: "settled", attempts };
      } catch (error) {
        if (ifIssued !== undefined && isMissingKey(error)) return { status: "unknown", attempts };
        landed ||= mayHaveLanded(error);
        cause = error;
      }
      if (isPermanent(cause)) break;
    }
    const read = await readEntry(store, key, deadline);
    switch (read.state) {
      case "claimed":
      case "revoked":
        return { ...settlementOf(read, body), attempts };
      case "missing":
        if (ifIssued !== undefined) return { status: "unknown", attempts };
        break;
      case "issued":
        if (ifIssued === undefined)
          return { status: "indeterminate", mayHaveLanded: landed, attempts, cause: foreignEntry() };
        condition = await ifIssued(read.etag, cause); // under SSE-KMS not the ETag that was expected
        break;
      case "foreign":
        return { status: "indeterminate", mayHaveLanded: landed, attempts, cause: foreignEntry() };
      case "unreadable":
        if (landed || !isPermanent(read.error)) break; // what may be there is worth a second look
        return { status: "indeterminate", mayHaveLanded: landed, attempts, cause: read.error };
    }
  } while (attempts === 0 || (await deadline.pause()));
  return { status: "indeterminate", mayHaveLanded: landed, attempts, cause };
}
