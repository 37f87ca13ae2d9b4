import { randomBytes } from "node:crypto";

import { randomIds, type SignatureHash, type SignatureIndex } from "@presign-once/core";

import type { Contender, Place } from "./contender.ts";

/** An index on its own client. */
export interface OpenIndex {
  readonly index: Pick<SignatureIndex, "register" | "claim">;
  close(): void;
}

/** A contender that is an index alone: what it costs to register a hash and to claim it. */
export function onIndex(
  traits: Pick<Contender, "name" | "strategy" | "judged"> & { readonly create: (place: Place) => OpenIndex },
): Contender {
  const { create, ...named } = traits;
  return {
    ...named,
    whole: false,
    open(place) {
      const { index, close } = create(place);
      return {
        async issue() {
          const hash = randomBytes(32).toString("hex") as SignatureHash;
          const { status } = await index.register(hash, { expiresAt: new Date(Date.now() + 3_600_000) });
          if (status !== "registered") throw new Error(`${named.name}: a hash was not registered: ${status}`);
          return async () => (await index.claim(hash, randomIds.claimant())).status === "claimed";
        },
        close,
      };
    },
  };
}
