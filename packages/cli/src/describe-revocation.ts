import type { UrlRevocation } from "@presign-once/core/operator";

import type { CommandOutput } from "./command.ts";
import { describeInspection, type Telling } from "./describe-inspection.ts";
import { NAMES_NO_INDEX, NO_ENTRY, tellStory, toJson, type UrlStory } from "./describe-url.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** Describes the outcome of a revocation, for people or for programs. */
export function describeRevocation(revocation: UrlRevocation, telling: Telling): CommandOutput {
  const { index, json, now } = telling;
  switch (revocation.status) {
    case "malformed":
    case "not-issued":
      return describeInspection(revocation, telling);
    case "indeterminate": {
      const { exitCode, line } = telling.explain(revocation.cause);
      const toPrograms = json && exitCode === EXIT_CODES.undecided;
      return {
        exitCode,
        stdout: toPrograms ? toJson(revocation, index) : "",
        complaint: `the URL is not revoked for certain: ${line}`,
      };
    }
    default: {
      const { exitCode, ...story } = storyOf(revocation);
      return { exitCode, stdout: json ? toJson(revocation, index) : tellStory(story, revocation, index, now) };
    }
  }
}

type Decided = Exclude<UrlRevocation, { readonly status: "malformed" | "not-issued" | "indeterminate" }>;

function storyOf(revocation: Decided): UrlStory & { readonly exitCode: ExitCode } {
  switch (revocation.status) {
    case "revoked":
      return { exitCode: EXIT_CODES.done, state: "revoked", meaning: "No upload passes with it any more." };
    case "already-claimed": {
      const { claim } = revocation;
      return {
        exitCode: EXIT_CODES.claimed,
        state: "already claimed",
        settled: claim && { label: "claimed", ...claim },
        meaning: "Too late: it was used before. Nothing was changed.",
      };
    }
    case "unknown":
      return {
        exitCode: EXIT_CODES.unknown,
        state: "unknown",
        meaning: `The index has no entry for it, so nothing was written.\n${NO_ENTRY}`,
      };
    case "unverified":
      return {
        exitCode: EXIT_CODES.unverified,
        state: "revoked in this index",
        meaning: revocation.isVerified
          ? `No upload passes with it any more if this is the index that decides about it.\n${NAMES_NO_INDEX}`
          : "No upload passes with it any more if this is the index that decides about it. A sealed index takes a revocation\n" +
            "of any URL, so only the edge keys can tell: put the keys of the functions into the settings file.",
      };
  }
}
