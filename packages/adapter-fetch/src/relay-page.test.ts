import { readFileSync } from "node:fs";

import { wireError } from "@presign-once/core/http";
import { expect, test } from "vitest";

import { answersTo, refusalReasons } from "../../../test/support/refused-uploads.ts";
import { tableRows } from "../../../test/support/table-rows.ts";
import { type NotAdmittedReason, type RelayFailure, wireErrorOfFailure } from "./relay-answers.ts";

const page = readFileSync(new URL("../../../docs/relay.md", import.meta.url), "utf8");

/** Rows of a section: outcome, code and statuses, without the seconds to wait. */
function rows(heading: string): string[] {
  return tableRows(page, heading).map((row) =>
    row
      .slice(0, 3)
      .join(" ")
      .replace(/,|Retry-After: 2/g, "")
      .replace(/ +/g, " ")
      .trim(),
  );
}

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
  const told = refusalReasons.map(
    (reason) => `${reason === "undecided" ? "undecided fault" : reason} ${answersTo(reason)}`,
  );
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
