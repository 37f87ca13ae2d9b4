import { describe, expect, test } from "vitest";

import { isBroken } from "../../test/is-broken.ts";
import type { DownloadSource, SourceFile, SourceOutcome } from "../ports/download-source.ts";
import type { InMemoryObjects } from "./in-memory-sink.ts";
import { createInMemorySource } from "./in-memory-source.ts";
import { type SourceFault, type SourceHarness, sourceLaws } from "./source-laws.ts";

type Request = Parameters<DownloadSource["open"]>[0];
type Open = DownloadSource["open"];
/** Makes a source a flawed one: what to ask it, and what to make of its answer. */
type Wrap = (open: Open, fault: SourceFault | undefined) => Open;

describe("the in-memory source keeps every law", () => {
  test.each(sourceLaws.map((law) => [law.name, law] as const))("%s", async (_, law) => {
    await law.check(harness((open) => open));
  });
});

/** For each law, sources that break it and no other. */
const breakers: Record<string, Record<string, Wrap>> = {
  "a file is read whole, and its length and ETag are told as they are": {
    "the end of a large file is lost": whole((file) => ({
      ...file,
      bytes: undefined,
      chunks: firstChunks(file.chunks),
    })),
    "another length is told": whole((file) => ({ ...file, bytes: 0 })),
    "another ETag is told": whole((file) => ({ ...file, etag: '"0"' })),
    "the whole file is told to be a part": whole((file) => ({ ...file, contentRange: "bytes 0-0/1" })),
  },
  "a part is the one that was asked for, or the whole file is sent": {
    "a part begins one byte late": (open) => (request) =>
      open({ ...request, ...(request.range === "bytes=4-" && !request.ifRange && { range: "bytes=5-" }) }),
    "the end of a file is taken for its beginning": asking(({ range }) => (range === "bytes=-3" ? "bytes=3-" : range)),
    "a part is not told to be one": part((file) => ({ ...file, contentRange: undefined })),
    "the length of the whole file is told": part((file) => ({ ...file, bytes: 10 })),
  },
  "a part is sent of no other file than the one that was named": {
    "the name is not compared": (open) => (request) => open({ ...request, ifRange: undefined }),
    "a weak name is compared as a strong one": (open) => (request) =>
      open({ ...request, ifRange: request.ifRange?.replace(/^W\//, "") }),
    "another file is a failure": (open) => async (request) => {
      const outcome = await open(request);
      const isOther = request.ifRange !== undefined && outcome.status === "found" && outcome.etag !== request.ifRange;
      return isOther ? { status: "failed", cause: "412" } : outcome;
    },
  },
  "a part beyond the end is reported as one that does not exist, or the whole file is sent": {
    "it is a failure": telling("no-such-part", { status: "failed", cause: "416" }),
    "it is missing": telling("no-such-part", { status: "missing" }),
    "it is an empty part": telling("no-such-part", {
      ...{ status: "found", bytes: 0, etag: undefined, contentRange: "bytes 10-9/10" },
      ...{ chunks: only(), close() {} },
    }),
  },
  "a key without an object is reported as missing, even next to similar keys": {
    "it is a failure": telling("missing", { status: "failed", cause: "404" }),
    "another key with this prefix is read": (open) => async (request) => {
      const outcome = await open(request);
      return outcome.status === "missing" ? open({ ...request, key: `${request.key}0` }) : outcome;
    },
    "it is a part that does not exist": (open) => async (request) => {
      const outcome = await open(request);
      return outcome.status === "missing" && request.range ? { status: "no-such-part" } : outcome;
    },
  },
  "a key is taken as it is, whatever characters it has": {
    "it is decoded": renaming((key) => key.replaceAll("%20", " ")),
    "it is decoded as a form is": renaming((key) => key.replaceAll("+", " ")),
    "it ends where a query begins": renaming((key) => key.replace(/\?.*/, "")),
    "it is normalized": renaming((key) => key.normalize("NFC")),
  },
  "a file that is closed ends its request, however much of it was read": {
    "it is read to its end": eachFile((file) => ({ ...file, close() {} })),
    "it is not ended before it is read": eachFile((file) => {
      let isRead = false;
      const chunks = noting(file.chunks, () => (isRead = true));
      return { ...file, chunks, close: () => (isRead ? file.close() : undefined) };
    }),
    "it can be closed only once": eachFile((file) => {
      let closed = 0;
      return {
        ...file,
        close() {
          if (closed++ > 0) throw new Error("closed twice");
          file.close();
        },
      };
    }),
  },
  "a reader that leaves ends the request before the store answers": {
    "it is not told": (open, fault) => (request) =>
      open(fault === "silent" ? { ...request, signal: undefined } : request),
    "the request is ended without an outcome": (open, fault) => async (request) => {
      const outcome = await open(request);
      return fault === "silent" ? new Promise(() => {}) : outcome;
    },
    "the file is missing": (open, fault) => async (request) => {
      const outcome = await open(request);
      return fault === "silent" ? { status: "missing" } : outcome;
    },
    "a reader that has left already is waited for": (open, fault) => async (request) => {
      if (fault === "silent" && request.signal?.aborted === true) return { status: "missing" };
      return open(request);
    },
  },
  "nothing is read ahead but what the connection holds": {
    "all of it is read at once": (open) => async (request) => {
      const outcome = await open(request);
      if (outcome.status !== "found") return outcome;
      const read: Uint8Array[] = [];
      let fault: unknown;
      try {
        for await (const chunk of outcome.chunks) read.push(chunk);
      } catch (error) {
        fault = error;
      }
      return { ...outcome, chunks: only(...read, ...(fault === undefined ? [] : [fault as Error])) };
    },
  },
  "a file that breaks off makes its reader fail": {
    "it ends there": eachFile((file) => ({ ...file, chunks: untilItThrows(file.chunks) })),
  },
  "a store that refuses or does not answer is reported as failed": {
    "a 503 is read as missing": (open, fault) => (fault === "unavailable" ? async () => ({ status: "missing" }) : open),
    "a bucket that does not exist is read as missing": (open, fault) =>
      fault === "refusing" ? async () => ({ status: "missing" }) : open,
    "it throws": (open, fault) => async (request) => {
      const outcome = await open(request);
      if (fault === "unavailable" && outcome.status === "failed") throw new Error(String(outcome.cause));
      return outcome;
    },
  },
};

describe("exactly one law detects that", () => {
  for (const [law, sources] of Object.entries(breakers))
    for (const [wrong, wrap] of Object.entries(sources))
      test(`${wrong}: ${law}`, async () => {
        const broken: string[] = [];
        for (const one of sourceLaws) if (await isBroken(one.check(harness(wrap)))) broken.push(one.name);
        expect(broken).toEqual([law]);
      });
});

test("has a flawed source for every law", () => {
  expect(Object.keys(breakers).sort()).toEqual(sourceLaws.map(({ name }) => name).sort());
});

function harness(wrap: Wrap): SourceHarness {
  const objects: InMemoryObjects = new Map();
  let inProgress = 0;
  return {
    open(fault) {
      const source = createInMemorySource(objects, fault);
      return { open: wrap(eachFile(counted)(waiting(source.open), fault), fault) };
    },
    async store(key, bytes) {
      objects.set(key, { bytes, headers: [], metadata: {} });
      const file = await createInMemorySource(objects).open({ key });
      return file.status === "found" ? (file.etag ?? "") : "";
    },
    sizes: [0, 5, 200_000],
    async inProgress() {
      for (let i = 0; i < 10; i++) await Promise.resolve(); // what follows from a request that ended
      return inProgress;
    },
    reached: async () => {},
  };

  function waiting(open: Open): Open {
    return async (request) => {
      inProgress++;
      try {
        return await open(request);
      } finally {
        inProgress--;
      }
    };
  }

  /** A file whose request goes on until it is read to the end or closed. */
  function counted(file: SourceFile): SourceFile {
    inProgress++;
    let isOver = false;
    const end = (): void => {
      if (!isOver) inProgress--;
      isOver = true;
    };
    return {
      ...file,
      chunks: closing(file.chunks, end),
      close() {
        end();
        file.close();
      },
    };
  }
}

function answering(change: (outcome: SourceOutcome, request: Request) => SourceOutcome): Wrap {
  return (open) => async (request) => change(await open(request), request);
}

function eachFile(change: (file: SourceFile, request: Request) => SourceFile): Wrap {
  return answering((outcome, request) => (outcome.status === "found" ? change(outcome, request) : outcome));
}

function whole(change: (file: SourceFile) => SourceFile): Wrap {
  return eachFile((file, { range }) => (range === undefined ? change(file) : file));
}

function part(change: (file: SourceFile) => SourceFile): Wrap {
  return eachFile((file, { range }) => (range === "bytes=2-5" ? change(file) : file));
}

function asking(rangeOf: (request: Request) => string | undefined): Wrap {
  return (open) => (request) => open({ ...request, range: rangeOf(request) });
}

function telling(status: SourceOutcome["status"], other: SourceOutcome): Wrap {
  return answering((outcome) => (outcome.status === status ? other : outcome));
}

function renaming(change: (key: string) => string): Wrap {
  return (open) => (request) => open({ ...request, key: change(request.key) });
}

async function* only(...chunks: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield chunk;
  }
}

async function* firstChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let n = 0;
  for await (const chunk of chunks) {
    yield chunk;
    if (++n === 2) return;
  }
}

async function* noting(chunks: AsyncIterable<Uint8Array>, note: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    note();
    yield chunk;
  }
}

async function* untilItThrows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch {
    // that is the flaw
  }
}

async function* closing(chunks: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    close();
  }
}
