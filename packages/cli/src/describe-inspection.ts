import type { UrlInspection } from "@presign-once/core/operator";

import type { CommandOutput } from "./command.ts";
import {
  type IndexName,
  NAMES_NO_INDEX,
  NO_ENTRY,
  tellStory,
  tellUnfit,
  toJson,
  type UrlStory,
} from "./describe-url.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** The source of an outcome, and its output format. */
export interface Telling {
  readonly index: IndexName;
  /** Says why the index gave no answer, in one line. */
  explain(cause: unknown): { readonly exitCode: ExitCode; readonly line: string };
  readonly now: Date;
  readonly json: boolean;
}

/** Tells what an inspection found, to people or to programs. */
export function describeInspection(inspection: UrlInspection, telling: Telling): CommandOutput {
  const { index, json, now } = telling;
  switch (inspection.status) {
    case "malformed":
      return { exitCode: EXIT_CODES.wrong, stdout: "", complaint: `not a URL of presign-once: ${inspection.message}` };
    case "not-issued":
      return {
        exitCode: EXIT_CODES.notIssued,
        stdout: json ? toJson(inspection, index) : tellUnfit(inspection, index),
      };
    case "indeterminate": {
      const { exitCode, line } = telling.explain(inspection.cause);
      const toPrograms = json && exitCode === EXIT_CODES.undecided;
      return { exitCode, stdout: toPrograms ? toJson(inspection, index) : "", complaint: line };
    }
    default: {
      const { exitCode, ...story } = storyOf(inspection);
      return { exitCode, stdout: json ? toJson(inspection, index) : tellStory(story, inspection, index, now) };
    }
  }
}

type Settled = Exclude<UrlInspection, { readonly status: "malformed" | "not-issued" | "indeterminate" }>;

function storyOf(inspection: Settled): UrlStory & { readonly exitCode: ExitCode } {
  switch (inspection.status) {
    case "issued":
      return {
        exitCode: EXIT_CODES.done,
        state: "issued",
        meaning: `Good for one upload, until it expires${inspection.isVerified ? "" : ", if its tag is as it was issued"}.`,
      };
    case "claimed": {
      const { at, claimant } = inspection;
      return {
        exitCode: EXIT_CODES.claimed,
        state: "claimed",
        settled: { label: "claimed", at, claimant },
        meaning:
          "Used up. The verify function, or the relay, logged the hash and the claimant with the request that won.",
      };
    }
    case "revoked":
      return {
        exitCode: EXIT_CODES.revoked,
        state: "revoked",
        settled: { label: "revoked", at: inspection.at },
        meaning: "Revoked unused: an upload is refused with UrlUnknown.",
      };
    case "expired":
      return {
        exitCode: EXIT_CODES.expired,
        state: "expired",
        meaning: "Expired unused: an upload is refused with UrlExpired.",
      };
    case "not-yet-valid":
      return {
        exitCode: EXIT_CODES.notYetValid,
        state: "not yet valid",
        meaning:
          "Unused, but signed more than 5 minutes ahead of this clock: an upload is refused with RequestTimeTooSkewed until then.\n" +
          "Compare the clocks of the issuer and of this machine.",
      };
    case "unknown":
      return {
        exitCode: EXIT_CODES.unknown,
        state: "unknown",
        meaning: `The index has no entry for it: an upload is refused with UrlUnknown, or UrlExpired.\n${NO_ENTRY}`,
      };
    case "unverified":
      return {
        exitCode: EXIT_CODES.unverified,
        state: inspection.isVerified ? "issued, if decided here" : "issued or forged",
        meaning: inspection.isVerified
          ? `No entry, and a sealed index has none for an unused URL.\n${NAMES_NO_INDEX}`
          : "No entry, and a sealed index has none for an unused URL: it cannot tell an issued URL from a forged one.\n" +
            "Only the edge keys can: put the keys of the functions into the settings file.",
      };
  }
}
