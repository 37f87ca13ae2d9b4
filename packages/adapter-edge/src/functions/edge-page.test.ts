import { readFileSync } from "node:fs";

import type { RefusedUpload } from "@presign-once/core";
import { wireErrorOf } from "@presign-once/core/http";
import { expect, test } from "vitest";

import { tableRows } from "../../../../test/support/table-rows.ts";

/** Every reason that there is. */
const reasons = {
  "method-not-allowed": true,
  malformed: true,
  "header-refused": true,
  "content-length-missing": true,
  "entity-too-large": true,
  "not-issued": true,
  expired: true,
  "not-yet-valid": true,
  revoked: true,
  unknown: true,
  "already-claimed": true,
  "already-stored": true,
  "lease-over": true,
  unavailable: true,
  undecided: true,
} satisfies Record<RefusedUpload["reason"], true>;

test("docs/edge.md lists every refusal with its code and status, and none that does not exist", () => {
  const page = readFileSync(new URL("../../../../docs/edge.md", import.meta.url), "utf8");
  const rows = tableRows(page, "Refusals of an upload").filter(([outcome]) => outcome !== "fault");
  const told = Object.keys(reasons).map((reason) => {
    const { code, status } = wireErrorOf({
      status: "refused",
      reason,
      message: "Own words.",
      cause: 0,
    } as RefusedUpload);
    const answers = reason === "already-stored" ? `${status} or 200` : status;
    return [reason, code, answers].join(" ");
  });
  expect(rows.map((row) => row.slice(0, 3).join(" ")).sort()).toEqual(told.sort());
});
