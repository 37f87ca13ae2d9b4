import { describe, expect, test } from "vitest";

import { isBroken } from "../../test/is-broken.ts";
import { toHex } from "../bytes/bytes.ts";
import type { SinkOutcome, UploadSink } from "../ports/upload-sink.ts";
import { createInMemorySink, type InMemoryObjects } from "./in-memory-sink.ts";
import { type SinkHarness, sinkLaws } from "./sink-laws.ts";

type Wrap = (sink: UploadSink, objects: InMemoryObjects) => UploadSink;

describe("the in-memory sink keeps every law", () => {
  test.each(sinkLaws.map((law) => [law.name, law] as const))("%s", async (_, law) => {
    await law.check(harness((sink) => sink));
  });
});

/** For each law, sinks that break it and no other. */
const breakers: Record<string, Record<string, Wrap>> = {
  "a body that ends is stored whole, with its headers and metadata": {
    "the last byte is lost": spoiling((object) => ({ ...object, bytes: object.bytes.subarray(1) })),
    "the type is lost": spoiling((object) => ({ ...object, headers: [] })),
    "the metadata are lost": spoiling((object) => ({ ...object, metadata: {} })),
    "another ETag is reported": after((outcome) =>
      outcome.status === "stored" ? { ...outcome, etag: '"0"' } : outcome,
    ),
  },
  "no object exists until the body has ended": {
    "an object is there from the first byte": (sink, objects) => ({
      ...sink,
      async store(upload, body) {
        if (objects.has(upload.key)) return sink.store(upload, body);
        objects.set(upload.key, { ...upload, bytes: new Uint8Array(0) });
        return sink.store(
          upload,
          closing(body, () => void objects.delete(upload.key)),
        );
      },
    }),
  },
  "a body that throws leaves nothing, even after its last byte": {
    "the bytes before the error are stored": (sink) => ({
      ...sink,
      async store(upload, body) {
        let fault: unknown;
        const outcome = await sink.store(
          upload,
          untilItThrows(body, (thrown) => (fault = thrown)),
        );
        if (fault === undefined) return outcome;
        return { status: "failed", mayBeStored: false, leftBehind: false, cause: fault };
      },
    }),
    "the outcome is reported as unknown": after((outcome) =>
      outcome.status === "failed" ? { ...outcome, mayBeStored: true } : outcome,
    ),
    "parts are left": after((outcome) => (outcome.status === "failed" ? { ...outcome, leftBehind: true } : outcome)),
    "another cause is reported": after((outcome) =>
      outcome.status === "failed" ? { ...outcome, cause: new Error("another") } : outcome,
    ),
  },
  "if keys must be new, an existing object stays unchanged": {
    "it is replaced": (_sink, objects) => createInMemorySink({ objects }),
  },
};

describe.each(sinkLaws.map((law) => [law.name, law] as const))("%s", (name, law) => {
  const own = Object.entries(breakers[name] ?? {});
  test("is broken by something", () => expect(own.length).toBeGreaterThan(0));
  test.each(own)("is broken when %s", async (_, wrap) => {
    await expect(law.check(harness(wrap))).rejects.toMatchObject({ code: "LAW_BROKEN" });
  });
});

test("has no law that another one makes redundant", async () => {
  for (const law of sinkLaws) {
    const alone = await Promise.all(
      Object.values(breakers[law.name] ?? {}).map(async (wrap) => {
        const others = sinkLaws.filter((other) => other !== law);
        const broken = await Promise.all(others.map(async (other) => isBroken(other.check(harness(wrap)))));
        return !broken.includes(true);
      }),
    );
    expect(alone, law.name).toContain(true);
  }
});

const SIZES = [0, 5, 200_000];

function harness(wrap: Wrap): SinkHarness {
  const objects: InMemoryObjects = new Map();
  return {
    sink: wrap(createInMemorySink({ objects }), objects),
    newKeysOnly: wrap(createInMemorySink({ objects, requireNew: true }), objects),
    sizes: SIZES,
    async read(key) {
      const object = objects.get(key);
      if (object === undefined) return undefined;
      const { bytes, headers, metadata } = object;
      const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
      return { bytes, metadata, contentType: new Map(headers).get("content-type"), etag: `"${digest}"` };
    },
    leftovers: async () => 0,
  };
}

function after(change: (outcome: SinkOutcome) => SinkOutcome): Wrap {
  return (sink) => ({ ...sink, store: async (upload, body) => change(await sink.store(upload, body)) });
}

type Stored = InMemoryObjects extends Map<string, infer O> ? O : never;

function spoiling(change: (object: Stored) => Stored): Wrap {
  return (sink, objects) => ({
    ...sink,
    async store(upload, body) {
      const outcome = await sink.store(upload, body);
      const object = objects.get(upload.key);
      if (outcome.status === "stored" && object !== undefined) objects.set(upload.key, change(object));
      return outcome;
    },
  });
}

async function* untilItThrows(
  body: AsyncIterable<Uint8Array>,
  tell: (fault: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (fault) {
    tell(fault);
  }
}

async function* closing(body: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    close();
  }
}
