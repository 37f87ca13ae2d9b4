import { readFileSync } from "node:fs";

import type { RefusedUpload } from "@presign-once/core";
import { wireError, wireErrorOf } from "@presign-once/core/http";
import { expect, test } from "vitest";

import { type NotAdmittedReason, type RelayFailure, wireErrorOfFailure } from "./relay-answers.ts";

const page = readFileSync(new URL("../../../docs/relay.md", import.meta.url), "utf8");

/** Rows of the tables of a section that begin with code, as the texts in code marks of their first three cells. */
function rows(heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, 4)
        .join(" ")
        .replace(/[`,]|Retry-After: 2/g, "")
        .replace(/ +/g, " ")
        .trim(),
    );
}

/** Why a relay may refuse an upload before its body: every reason that there is, but a date that no token has. */
const reasons = {
  "method-not-allowed": true,
  malformed: true,
  "header-refused": true,
  "content-length-missing": true,
  "entity-too-large": true,
  "not-issued": true,
  expired: true,
  revoked: true,
  unknown: true,
  "already-claimed": true,
  "already-stored": true,
  "lease-over": true,
  unavailable: true,
  undecided: true,
} satisfies Record<Exclude<RefusedUpload["reason"], "not-yet-valid">, true>;

const failures = {
  "too-large": true,
  "wrong-length": true,
  "digest-mismatch": true,
  stalled: true,
  "too-slow": true,
  "too-long": true,
  "broken-off": true,
  occupied: true,
  "store-failed": true,
  "store-undecided": true,
} satisfies Record<RelayFailure, true>;

const notAdmitted = { "body-taken": true, busy: true, "client-gone": true } satisfies Record<NotAdmittedReason, true>;

test("docs/relay.md lists every refusal before the claim, with its code and status, and no other", () => {
  const told = Object.keys(reasons).map((reason) => {
    const { code, status } = wireErrorOf({
      status: "refused",
      reason,
      message: "Own words.",
      cause: 0,
    } as RefusedUpload);
    const answers = reason === "already-stored" ? `${status} or 200` : status;
    return `${reason === "undecided" ? "undecided fault" : reason} ${code} ${answers}`;
  });
  const held = Object.keys(notAdmitted).map((reason) => {
    const { code, status } = wireError(reason as NotAdmittedReason);
    return `${reason} ${code} ${status}`;
  });
  expect(rows("Before the claim").sort()).toEqual([...told, ...held, "accepted – –"].sort());
});

test("docs/relay.md lists every outcome of an upload, with its code and status, and no other", () => {
  const told = (Object.keys(failures) as RelayFailure[]).map((failure) => {
    const { code, status } = wireErrorOfFailure(failure, { maxBytes: 1, mayTryAgain: false });
    return `${failure} ${code} ${status}`;
  });
  expect(rows("After the claim").sort()).toEqual([...told, "stored – 200"].sort());
});
