import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";

import { type Behaviour, studyBehaviour } from "./behaviour.ts";
import type { Actor } from "./running-actor.ts";
import type { S3Answer } from "./s3-exchange.ts";

const missing: S3Answer = { status: 404, code: "NotFound" };

const head = (s3: S3Client, Key: string) => s3.send(new HeadObjectCommand({ Bucket: "b", Key })).catch(() => undefined);

function actor(run: (s3: S3Client) => Promise<unknown>): Actor {
  return { name: "A", run: (s3) => run(s3).then(() => ({ status: "unknown" })) };
}

/** Answers the waiting requests with 404, in the order given. */
async function answerAll({ start, after }: Behaviour, order: readonly number[]) {
  let moment = start;
  for (const id of order)
    moment = await after(
      moment,
      moment.waiting.find((sent) => sent.id === id)!,
      missing,
    );
  return moment;
}

describe("answers to parallel requests", () => {
  test("lead to one state in any order if the order makes no difference", async () => {
    const behaviour = await studyBehaviour(
      actor(async (s3) => {
        await Promise.all([head(s3, "x"), head(s3, "y")]);
        await head(s3, "z");
      }),
      0,
    );
    expect((await answerAll(behaviour, [0, 1])).id).toBe((await answerAll(behaviour, [1, 0])).id);
    expect((await answerAll(behaviour, [0, 1, 2])).ending?.status).toBe("unknown");
  });

  test("lead to two states if the order shows at once", async () => {
    const behaviour = await studyBehaviour(
      actor(async (s3) => {
        const first = await Promise.race([head(s3, "x").then(() => "x"), head(s3, "y").then(() => "y")]);
        await head(s3, `after ${first}`);
      }),
      0,
    );
    expect((await answerAll(behaviour, [0])).id).not.toBe((await answerAll(behaviour, [1])).id);
  });

  test("are an error if the order shows only later, instead of being treated as the same", async () => {
    const behaviour = await studyBehaviour(
      actor(async (s3) => {
        const order: string[] = [];
        await Promise.all(["x", "y"].map((key) => head(s3, key).then(() => order.push(key))));
        await head(s3, "z");
        await head(s3, order.join());
      }),
      0,
    );
    await answerAll(behaviour, [0, 1, 2]);
    await expect(answerAll(behaviour, [1, 0, 2])).rejects.toThrow("tells the order of answers apart");
  });
});

test("throws for code that waits for anything but S3 between its requests", async () => {
  const sleeper = actor(async (s3) => {
    await head(s3, "x");
    await new Promise(() => {});
    await head(s3, "y");
  });
  const behaviour = await studyBehaviour(sleeper, 0);
  await expect(answerAll(behaviour, [0])).rejects.toThrow("waits for something that is not S3");
});

test("throws for a command that the simulated S3 lacks, even if the code catches it", async () => {
  const odd = actor(async (s3) => {
    await (s3.send as (command: unknown) => Promise<unknown>)({ unheard: "of" }).catch(() => undefined);
    await head(s3, "x");
  });
  await expect(studyBehaviour(odd, 0)).rejects.toThrow("the simulated S3 has no");
});
