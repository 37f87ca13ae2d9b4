import { randomBytes } from "node:crypto";

import type { BareClient } from "../floor/bare-client.ts";
import type { Contender, Place } from "./contender.ts";

/** The bodies that the `conditional` index writes, or as long. */
const ISSUED = '{"presign-once":"issued"}';
const CLAIMED = `{"presign-once":"claimed","claimant":"${"0".repeat(32)}"}`;

/** A floor: one conditional PUT to issue, one to claim, and not a thought about what is claimed. */
export function bareRequest(name: string, connect: (server: Place["server"], bucket: string) => BareClient): Contender {
  return {
    name,
    strategy: "none",
    whole: false,
    judged: false,
    open({ server, bucket }) {
      const client = connect(server, bucket);
      return {
        async issue() {
          const key = `signatures/${randomBytes(32).toString("hex")}`;
          const { status, etag } = await client.put(key, ISSUED, ["if-none-match", "*"]);
          if (status !== 200) throw new Error(`${name}: nothing was written: ${status}`);
          return async () => (await client.put(key, CLAIMED, ["if-match", etag])).status === 200;
        },
        close: () => client.close(),
      };
    },
  };
}
