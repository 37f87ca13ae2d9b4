import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createLeanIndexS3, createS3Client, createSdkIndexS3 } from "@presign-once/adapter-s3";
import { strategies } from "@presign-once/adapter-s3/strategies";
import type { SignatureIndex } from "@presign-once/core";

import type { S3Server } from "../servers/s3-server.ts";

/** Makes an index handle with a client of its own. */
type Enter = (server: Omit<S3Server, "stop">, bucket: string) => Pick<SignatureIndex, "register" | "claim">;

/** Races are about order and not about time: no claim here is given up because the machine is busy. */
const PATIENT = { requestMs: 20_000, totalMs: 60_000 };

/**
 * Every index that may be raced, by name, on the transport that the edge uses; `conditional-sdk` is on the AWS SDK, and
 * `look-then-write` is the one that must lose.
 */
const entrants = {
  conditional: enter("conditional"),
  "conditional-sdk": (server, bucket) =>
    strategies.conditional.create({ s3: createSdkIndexS3(createS3Client(server)), bucket, limits: PATIENT }),
  sealed: enter("sealed"),
  versioning: enter("versioning"),
  "look-then-write": (server, bucket) => {
    const s3 = createS3Client(server);
    const proper = strategies.conditional.create({ s3: createSdkIndexS3(s3), bucket });
    return {
      register: (hash, entry) => proper.register(hash, entry),
      /** What a claim must not be: between the look and the write, others look as well. */
      async claim(hash, claimant) {
        const entry = { Bucket: bucket, Key: `signatures/${hash}` };
        const { Body } = await s3.send(new GetObjectCommand(entry));
        if ((await Body?.transformToString())?.includes("claimant")) return { status: "already-claimed" };
        await s3.send(
          new PutObjectCommand({ ...entry, Body: JSON.stringify({ "presign-once": "claimed", claimant }) }),
        );
        return { status: "claimed" };
      },
    };
  },
} satisfies Record<string, Enter>;

/** The name of an index that may be raced. */
export type Entrant = keyof typeof entrants;

/** Opens a handle for `raceInProcesses`. */
export function open({
  server,
  bucket,
  entrant,
}: {
  readonly server: Omit<S3Server, "stop">;
  readonly bucket: string;
  readonly entrant: Entrant;
}): ReturnType<Enter> {
  return entrants[entrant](server, bucket);
}

function enter(strategy: keyof typeof strategies): Enter {
  return (server, bucket) => strategies[strategy].create({ s3: createLeanIndexS3(server), bucket, limits: PATIENT });
}
