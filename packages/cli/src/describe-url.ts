import { shortHash, type SignatureHash } from "@presign-once/core";
import type { UrlFacts } from "@presign-once/core/operator";

import { formatTable } from "./format-table.ts";
import { formatTime } from "./format-time.ts";

/** Which index was asked: one on S3, or that of `--index-module`. */
export type IndexName = S3IndexName | "module";

/** Names an index on S3. */
export interface S3IndexName {
  readonly strategy: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** What a command found out about a URL, for people. */
export interface UrlStory {
  /** In a word or two. */
  readonly state: string;
  /** Who settled it, and when. */
  readonly settled?: { readonly label: string; readonly at: Date; readonly claimant?: string } | undefined;
  /** What that means, in a sentence. */
  readonly meaning: string;
}

/** Tells the story of a URL as a table of a few lines, without anything of the URL but the key of its object. */
export function tellStory({ state, settled, meaning }: UrlStory, facts: UrlFacts, index: IndexName, now: Date): string {
  const { hash, key, issuedAt, expiresAt, allowsRetries } = facts;
  const rows = [
    ["state", state],
    ...(settled === undefined ? [] : [[settled.label, ...formatTime(settled.at, now)]]),
    ...(settled?.claimant === undefined ? [] : [["claimant", settled.claimant]]),
    ["issued", ...formatTime(issuedAt, now)],
    ["expires", ...formatTime(expiresAt, now)],
    ["key", key],
    ...(allowsRetries ? [["retries", "the client that claims it may retry until the object is stored"]] : []),
    ["tag", tellTag(facts)],
    ...nameIndex(index),
    ...nameHash(hash),
  ];
  return `${formatTable(rows)}\n${meaning}\n`;
}

function tellTag({ isVerified, namesIndex }: UrlFacts): string {
  if (!isVerified) return "not verified: no edge keys given";
  return namesIndex ? "verified" : "verified, but it names no index: the relay's keys have no scope";
}

/** The same for a URL that is not trusted. */
export function tellUnfit(
  { hash, fault }: { readonly hash: SignatureHash; readonly fault?: string },
  index: IndexName,
): string {
  const rows = [["state", "not issued here"], ...nameIndex(index), ...nameHash(hash)];
  const meaning = fault === undefined ? NOT_ISSUED : `${fault}\n${REFUSED_UNASKED}`;
  return `${formatTable(rows)}\n${meaning}\n`;
}

/** What a URL is to programs: the outcome itself, and which index it is from. Causes stay out: they are no values. */
export function toJson(
  { cause: _cause, ...outcome }: { readonly hash: SignatureHash; readonly cause?: unknown },
  index: IndexName,
): string {
  return `${JSON.stringify({ ...outcome, shortHash: shortHash(outcome.hash), index })}\n`;
}

/** What may be behind an entry that is not there. */
export const NO_ENTRY =
  "Either another index decides about it than the one asked, or its entry was removed: the stack keeps them for 31 days.";

/** Why a good tag does not do where the index says nothing by itself. */
export const NAMES_NO_INDEX =
  "Its tag is good, but names no index, since the keys of the relay have no scope: make sure that the relay asks this one.";

/** What follows from a fault that is seen without a key. */
const REFUSED_UNASKED =
  "Edge and relay refuse it with UrlUnknown, so the index was not asked; the URL as it was issued may still be good.";

const NOT_ISSUED =
  "Its tag does not match these edge keys, this index and this URL: edge and relay refuse it with UrlUnknown, so the index\n" +
  "was not asked. If the settings here differ from those of the functions, even in how the endpoint is written, or for a\n" +
  "ticket in maxExpiresInSeconds, the URL may be valid there; so may a relay's URL, if its keys have another\n" +
  "scope than --relay-scope says.";

function nameIndex(index: IndexName): string[][] {
  return [
    ["index", index === "module" ? "of --index-module" : `${index.strategy}, in ${index.prefix} of ${index.bucket}`],
  ];
}

function nameHash(hash: SignatureHash): string[][] {
  return [
    ["in logs", shortHash(hash)],
    ["hash", hash],
  ];
}
