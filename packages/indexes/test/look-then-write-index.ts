import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { SignatureIndex } from "@presign-once/core";
import { type CallKind, type ClientCall, type StoreFault, withFaults } from "@presign-once/core/testing";

import { createEntryIndex, type Entry } from "../src/entry-index.ts";

/** How long a slow disk takes between a look and a write. */
const SLOW_DISK_MS = 2;

/**
 * An index that must lose: it keeps each entry in a file, and looks into it before it writes. No other code of the same process
 * comes between, since nothing here awaits.
 */
export function open(folder: string, fault?: StoreFault): SignatureIndex {
  const pathOf = (hash: string) => join(folder, hash);
  const kindOf = ([call]: readonly ClientCall[]): CallKind => (call?.method === "read" ? "read" : "write");
  const files = withFaults(
    {
      read: (hash: string): Entry | undefined => {
        if (!existsSync(pathOf(hash))) return undefined;
        const reviver = (name: string, value: unknown) => (name === "at" ? new Date(String(value)) : value);
        return JSON.parse(readFileSync(pathOf(hash), "utf8"), reviver) as Entry;
      },
      replace(hash: string, entry: Entry, from: Entry["state"] | undefined): boolean {
        const state = existsSync(pathOf(hash))
          ? (JSON.parse(readFileSync(pathOf(hash), "utf8")) as Entry).state
          : undefined;
        if (state !== from) return false;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLOW_DISK_MS);
        writeFileSync(pathOf(hash), JSON.stringify(entry));
        return true;
      },
    },
    fault,
    { kindOf, isSynchronous: true },
  );
  return createEntryIndex(
    {
      create: (hash) => files.replace(hash, { state: "issued" }, undefined),
      settle: (hash, claimant) => {
        const at = new Date();
        return files.replace(
          hash,
          claimant === null ? { state: "revoked", at } : { state: "claimed", claimant, at },
          "issued",
        );
      },
      read: (hash) => files.read(hash),
    },
    fault === undefined ? {} : { totalMs: 200 },
  );
}
