import type { DownloadSource, ReaderSignal, SourceFile, SourceOutcome } from "../ports/download-source.ts";
import { broken, content, expect, newKey } from "./law-steps.ts";

/**
 * What is wrong with a store.
 *
 * - `unavailable`: it answers that it is busy, or not at all.
 * - `refusing`: it answers that it does not know the place, or the caller.
 * - `breaking-off`: its answers end in the middle of the file.
 * - `silent`: it takes a request and says nothing.
 */
export type SourceFault = "unavailable" | "refusing" | "breaking-off" | "silent";

/** How the laws get at an implementation. */
export interface SourceHarness {
  /** Opens a source on the one store of this harness; with a fault, on that store with the fault. */
  open(fault?: SourceFault): DownloadSource;
  /** Stores an object, in place of an earlier one; returns its ETag, in its quotes. */
  store(key: string, bytes: Uint8Array): Promise<string>;
  /** How many bytes to store: none, few, and more than the connection to the store holds. */
  readonly sizes: readonly number[];
  /**
   * How many requests the store is still answering, after a moment in which it would notice that one was ended, and a source
   * that reads ahead would have done so.
   */
  inProgress(): Promise<number>;
  /** Resolves when a request has reached the store that is silent. */
  reached(): Promise<void>;
}

/** One clause of the contract of {@link DownloadSource}. */
export interface SourceLaw {
  /** The rule, as a sentence. */
  readonly name: string;
  /** @throws {PresignOnceError} `LAW_BROKEN`: the implementation was seen to break this law; the message says how */
  check(harness: SourceHarness): Promise<void>;
}

/** Bytes of the files of which parts are asked for. */
const FEW = 10;

/** Keys that are another key once they are decoded, encoded, normalized or cut in a URL. */
const UNUSUAL = [
  ...[
    "a b",
    "a+b",
    "a%20b",
    "a%2Bb",
    "a%252Bb",
    "a?b",
    "a?c=d",
    "a#b",
    "a&b=c",
    "a;b,c@d$e",
    "a:b",
    "~!*'()",
    `"<>[]{}|^`,
  ],
  ...["\u00e9", "e\u0301", "\u65e5\u672c", "\u{1f4c4}", ".a", "a.", "-"],
];

/**
 * The contract of {@link DownloadSource} as data, with no test runner in it: bind it to any.
 *
 * @example
 * for (const law of sourceLaws) test(law.name, () => law.check(harness));
 */
export const sourceLaws: readonly SourceLaw[] = [
  {
    name: "a file is read whole, and its length and ETag are told as they are",
    async check({ open, store, sizes }) {
      for (const size of sizes) {
        const [key, all] = [newKey(), content(size)];
        const etag = await store(key, all);
        const what = `a file of ${size} bytes`;
        const file = await openFile(what, open(), { key });
        if (file.etag !== undefined && file.etag !== etag) broken(`${what} was told with another ETag`);
        if (file.contentRange !== undefined) broken(`${what} was told to be a part`);
        checkBytes(what, file, await readAll(what, file), all);
      }
    },
  },
  {
    name: "a part is the one that was asked for, or the whole file is sent",
    async check({ open, store }) {
      const [key, all] = [newKey(), content(FEW)];
      await store(key, all);
      for (const [range, first, last] of [
        ["bytes=4-", 4, 9],
        ["bytes=2-5", 2, 5],
        ["bytes=0-0", 0, 0],
        ["bytes=8-99", 8, 9],
        ["bytes=-3", 7, 9],
        ["bytes=-99", 0, 9],
      ] as const) {
        const file = await openFile(range, open(), { key, range });
        const told = await checkPart(range, file, all);
        if (told !== undefined && (told.first !== first || told.last !== last))
          broken(`${range} was answered with ${file.contentRange}`);
      }
    },
  },
  {
    name: "a part is sent of no other file than the one that was named",
    async check({ open, store }) {
      const key = newKey();
      const old = await store(key, content(FEW + 1));
      const all = content(FEW);
      const etag = await store(key, all);
      await checkPart(
        "a part of the file",
        await openFile("it", open(), { key, range: "bytes=4-", ifRange: etag }),
        all,
      );
      const others = [old, `W/${etag}`, '"0"', "Thu, 01 Jan 1970 00:00:00 GMT"];
      for (const ifRange of others) {
        const what = `a part of ${ifRange}, which is another file,`;
        const file = await openFile(what, open(), { key, range: "bytes=4-", ifRange });
        if ((await checkPart(what, file, all)) !== undefined) broken(`${what} was sent`);
      }
    },
  },
  {
    name: "a part beyond the end is reported as one that does not exist, or the whole file is sent",
    async check({ open, store }) {
      for (const [size, range] of [
        [FEW, "bytes=10-"],
        [FEW, "bytes=99-100"],
        [0, "bytes=0-"],
      ] as const) {
        const key = newKey();
        await store(key, content(size));
        const what = `${range} of ${size} bytes`;
        const outcome = await tryOpen(what, open(), { key, range });
        if (outcome.status !== "found") expect(what, outcome, "no-such-part");
        else if ((await checkPart(what, outcome, content(size))) !== undefined) broken(`${what} was sent as a part`);
      }
    },
  },
  {
    name: "a key without an object is reported as missing, even next to similar keys",
    async check({ open, store }) {
      const key = newKey();
      for (const similar of [`${key}0`, key.slice(0, -1), `${key}/a`]) await store(similar, content(FEW));
      for (const part of [{}, { range: "bytes=4-" }, { range: "bytes=4-", ifRange: '"0"' }])
        expect("a new key", await tryOpen("a new key", open(), { key, ...part }), "missing");
    },
  },
  {
    name: "a key is taken as it is, whatever characters it has",
    async check({ open, store }) {
      const folder = newKey();
      const keys = UNUSUAL.map((name) => `${folder}/${name}`);
      for (const [i, key] of keys.entries()) await store(key, content(i + 1));
      for (const [i, key] of keys.entries()) {
        const { length } = await readAll(key, await openFile(key, open(), { key }));
        if (length !== i + 1) broken(`${key} was read as ${keys[length - 1] ?? "something else"}`);
      }
    },
  },
  {
    name: "a file that is closed ends its request, however much of it was read",
    async check({ open, store, sizes, inProgress }) {
      const key = newKey();
      await store(key, content(Math.max(...sizes)));
      for (const chunks of [0, 1, Infinity]) {
        const what = `after ${chunks} chunks`;
        const file = await openFile(what, open(), { key });
        const iterator = file.chunks[Symbol.asyncIterator]();
        for (let i = 0; i < chunks; i++) if ((await iterator.next()).done === true) break;
        close(file, what);
        if ((await inProgress()) > 0) broken(`${what} the closed file was still being sent`);
        close(file, `${what}, for the second time,`);
      }
    },
  },
  {
    name: "a reader that leaves ends the request before the store answers",
    async check({ open, store, reached, inProgress }) {
      const [key, what] = [newKey(), "a request of a reader that has left"];
      await store(key, content(FEW));
      const { signal, leave } = createReader();
      const opening = tryOpen(what, open("silent"), { key, signal });
      opening.catch(() => {}); // it is looked at below, unless the law is broken before
      await reached();
      leave();
      if ((await inProgress()) > 0) broken(`${what} was still in progress`);
      const outcome = await Promise.race([opening, inProgress()]);
      if (typeof outcome === "number") broken(`${what} had no outcome`);
      else expect(what, outcome, "failed");
      const late = createReader();
      late.leave();
      expect(what, await tryOpen(what, open("silent"), { key, signal: late.signal }), "failed");
    },
  },
  {
    name: "nothing is read ahead but what the connection holds",
    async check({ open, store, sizes, inProgress }) {
      const key = newKey();
      await store(key, content(Math.max(...sizes)));
      const file = await openFile("a large file", open(), { key });
      await file.chunks[Symbol.asyncIterator]().next();
      const isInProgress = (await inProgress()) > 0;
      file.close();
      if (!isInProgress) broken("all of a file was read for one chunk of it");
    },
  },
  {
    name: "a file that breaks off makes its reader fail",
    async check({ open, store }) {
      const key = newKey();
      await store(key, content(FEW));
      const outcome = await tryOpen("a file that breaks off", open("breaking-off"), { key });
      if (outcome.status !== "found") return expect("a file that breaks off", outcome, "failed");
      let bytes = 0;
      try {
        for await (const chunk of outcome.chunks) bytes += chunk.length;
      } catch {
        return outcome.close();
      }
      broken(`a file that breaks off ended like a whole one, after ${bytes} of ${FEW} bytes`);
    },
  },
  {
    name: "a store that refuses or does not answer is reported as failed",
    async check({ open, store }) {
      const key = newKey();
      await store(key, content(FEW));
      for (const fault of ["unavailable", "refusing"] as const)
        for (const part of [{}, { range: "bytes=4-" }, { range: "bytes=4-", ifRange: '"0"' }]) {
          const what = `a file of a store that is ${fault}`;
          expect(what, await tryOpen(what, open(fault), { key, ...part }), "failed");
        }
    },
  },
];

type Request = Parameters<DownloadSource["open"]>[0];

async function tryOpen(what: string, source: DownloadSource, request: Request): Promise<SourceOutcome> {
  try {
    return await source.open(request);
  } catch (cause) {
    return broken(`${what} was answered by throwing`, cause);
  }
}

async function openFile(what: string, source: DownloadSource, request: Request): Promise<SourceFile> {
  const outcome = await tryOpen(what, source, request);
  expect(what, outcome, "found");
  return outcome as SourceFile;
}

/** Holds a file against all of its bytes: which part it is, by its own account; `undefined`: the whole. */
async function checkPart(
  what: string,
  file: SourceFile,
  all: Uint8Array,
): Promise<{ readonly first: number; readonly last: number } | undefined> {
  const bytes = await readAll(what, file);
  if (file.contentRange === undefined) {
    checkBytes(what, file, bytes, all);
    return undefined;
  }
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(file.contentRange) ?? [];
  const isTotal = total === "*" || total === String(all.length);
  if (from === undefined || to === undefined || !isTotal) return broken(`${what} was told as ${file.contentRange}`);
  const [first, last] = [Number(from), Number(to)];
  checkBytes(what, file, bytes, all.subarray(first, last + 1));
  return { first, last };
}

function checkBytes(what: string, { bytes }: SourceFile, read: Uint8Array, expected: Uint8Array): void {
  if (bytes !== undefined && bytes !== expected.length) broken(`${what} was told to have ${bytes} bytes`);
  if (read.length !== expected.length) broken(`${what} had ${read.length} bytes instead of ${expected.length}`);
  if (read.some((byte, i) => byte !== expected[i])) broken(`${what} had other bytes`);
}

async function readAll(what: string, file: SourceFile): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of file.chunks) {
      chunks.push(chunk);
      length += chunk.length;
    }
  } catch (cause) {
    broken(`${what} broke off`, cause);
  }
  file.close();
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function close(file: SourceFile, what: string): void {
  try {
    file.close();
  } catch (cause) {
    broken(`${what} a file could not be closed`, cause);
  }
}

/** A reader that can leave, made without an `AbortController`, which not every runtime of `core` is known to have. */
function createReader(): { readonly signal: ReaderSignal; leave(): void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    leave() {
      aborted = true;
      for (const listener of listeners) listener();
    },
  };
}
