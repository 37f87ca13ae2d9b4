import type { Deadline } from "../s3/deadline.ts";
import { statusOf } from "../s3/s3-failure.ts";
import { type EntryStore, putEntry } from "./entry-store.ts";
import { etagOf, ISSUED_BODY } from "./index-entry.ts";

/** How `If-Match` is written for one store. */
export interface QuotesOfEtags {
  /** The condition of a write over an object that has this ETag, in quotes. */
  ifMatch(etag: string): { readonly ifMatch: string };
  /**
   * Finds out whether the quotes have to be left out, after a write with this ETag was answered 412 although the object
   * still has it. Never throws; keeps the quotes unless the store was seen to evaluate the condition without them.
   */
  doubt(deadline: Deadline): Promise<void>;
}

/**
 * Writes ETags in quotes, as RFC 9110 has it, until a store shows that it understands them only without: Ceph RGW 16.
 *
 * A store could also ignore a condition that it cannot read, and then every claimant would win. So the other form is tried
 * first on an object of its own, below the same folder: with the ETag of something else it must be refused by 412, with its own it
 * must be taken. That is three requests, once for each handle, and none on a store that understands the quotes. Whether
 * the store evaluates conditions atomically is for the laws to find out, in either form.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-match
 */
export function createQuotesOfEtags(store: EntryStore, prefix: string): QuotesOfEtags {
  let isUnquoted = false;
  let isSettled = false;

  /** `undefined`: the store gave no certain answer. */
  async function evaluatesUnquoted(deadline: Deadline): Promise<boolean | undefined> {
    const key = `${prefix}quotes-${crypto.randomUUID()}`;
    const write = async (condition?: { readonly ifMatch: string }) => {
      try {
        await putEntry(store, { key, body: ISSUED_BODY, ...(condition === undefined ? {} : { condition }) }, deadline);
        return 200;
      } catch (error) {
        return statusOf(error);
      }
    };
    if ((await write()) !== 200) return undefined;
    const ofAnother = await write({ ifMatch: withoutQuotes(etagOf(key)) });
    if (ofAnother !== 412) return ofAnother === 200 ? false : undefined;
    const ofItself = await write({ ifMatch: withoutQuotes(etagOf(ISSUED_BODY)) });
    return ofItself === 200 ? true : ofItself === 412 ? false : undefined;
  }

  return {
    ifMatch: (etag) => ({ ifMatch: isUnquoted ? withoutQuotes(etag) : etag }),
    async doubt(deadline) {
      if (isSettled) return;
      const answer = await evaluatesUnquoted(deadline);
      if (answer === undefined) return;
      isSettled = true;
      isUnquoted = answer;
    },
  };
}

function withoutQuotes(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}
