import { describe, expect, test } from "vitest";

import type { FaultKind } from "./fault.ts";
import type { Ending } from "./running-actor.ts";
import type { State } from "./scheduler.ts";
import type { StoredVersion } from "./simulated-s3.ts";
import { judge } from "./verdict.ts";

const ROLES = { claimants: ["A", "B"] };
const WITH_REVOKER = { ...ROLES, revoker: "V" };
const claimed: Ending = { status: "claimed" };
const refused: Ending = { status: "already-claimed" };
const undecided: Ending = { status: "indeterminate", mayHaveLanded: true };
const unwritten: Ending = { status: "indeterminate", mayHaveLanded: false };

/** A state in which A and B have ended so, or crashed, and in which these have written, the first one first. */
function ended(
  endings: readonly (Ending | "crashed")[],
  writers: string,
  fault?: [FaultKind, number],
  ghosts = "",
): State {
  const version = (by: string): StoredVersion => ({ key: "k", id: `${by}1`, etag: by, by, body: by, visible: true });
  const flight = (by: string) =>
    ({ sent: { id: 0, request: { op: "PUT", by, key: "k", body: by } }, attempt: 1 }) as const;
  return {
    store: `I${writers}`.split("").map(version),
    actors: endings.map((ending) => ({
      moment: { id: 0, waiting: [], ending: ending === "crashed" ? undefined : ending },
      flights: [],
      crashed: ending === "crashed",
    })),
    ghosts: ghosts.split("").map(flight),
    fault: fault && { kind: fault[0], actor: fault[1] },
  };
}

const violationOf = (state: State, freshWins = false, hurried = false) =>
  judge(state, ROLES, freshWins, hurried).violation;

describe("finds no violation", () => {
  test("if one passes and the other is refused", () => {
    expect(judge(ended([claimed, refused], "A"), ROLES, false, false)).toEqual({
      winners: 1,
      violation: undefined,
    });
  });
  test("if the owner crashed, or lost its answer and was told so", () => {
    expect(violationOf(ended(["crashed", refused], "A", ["crash", 0]))).toBeUndefined();
    for (const kind of ["lost-answer", "late-write", "error-after", "error-late"] as const)
      expect(violationOf(ended([undecided, refused], "A", [kind, 0]))).toBeUndefined();
  });
});

test("two uploads pass", () => {
  expect(violationOf(ended([claimed, claimed], "AB"))).toBe("two uploads pass");
});

describe("no upload passes, and the URL stays unused", () => {
  const expected = "no upload passes, and the URL stays unused";
  test("if nothing failed", () => {
    expect(violationOf(ended([unwritten, unwritten], ""), true)).toBe(expected);
  });
  test("if a client that did not crash requested it", () => {
    expect(violationOf(ended([unwritten, "crashed"], "", ["crash", 1]), true)).toBe(expected);
    expect(violationOf(ended(["crashed", "crashed"], "", ["crash", 1]), true)).toBeUndefined();
  });
  test("if there was time to retry", () => {
    const state = ended([unwritten, "crashed"], "", ["slow-down", 0]);
    expect(violationOf(state, true)).toBe(expected);
    expect(violationOf(state, true, true)).toBeUndefined();
  });
});

describe("used up, but no failed request owns it", () => {
  test("if the other client owns it", () => {
    expect(violationOf(ended([undecided, "crashed"], "A", ["crash", 1]))).toBe(
      "used up, but no failed request owns it",
    );
  });
  test("if its fault hid no write, unless there was no time to retry", () => {
    const state = ended([undecided, refused], "A", ["slow-down", 0]);
    expect(violationOf(state)).toBe("used up, but no failed request owns it");
    expect(violationOf(state, false, true)).toBeUndefined();
  });
});

test("used up, and its owner was not told", () => {
  expect(violationOf(ended([refused, refused], "A", ["late-write", 0]))).toBe("used up, and its owner was not told");
});

describe("was told that nothing was written, but", () => {
  const expected = "was told that nothing was written, but something was or may yet be";
  test("something was", () => {
    expect(violationOf(ended([unwritten, claimed], "BA", ["lost-answer", 0]))).toBe(expected);
  });
  test("something may yet be", () => {
    expect(violationOf(ended([unwritten, claimed], "B", ["late-write", 0], "A"))).toBe(expected);
  });
});

describe("was refused for its own claim, or for one that no client owns", () => {
  const expected = "was refused for its own claim, or for one that no client owns";
  test("its own", () => {
    expect(violationOf(ended([claimed, refused], "BA", ["late-write", 1]))).toBe(expected);
  });
  test("a claim that no client owns", () => {
    expect(violationOf(ended([claimed, refused], ""))).toBe(expected);
  });
});

test("was told that an issued URL is unknown", () => {
  expect(violationOf(ended([claimed, { status: "unknown" }], "A"))).toBe("was told that an issued URL is unknown");
});

describe("with a revoking operator", () => {
  const revoked: Ending = { status: "revoked" };
  const unknown: Ending = { status: "unknown" };
  const violation = (state: State) => judge(state, WITH_REVOKER, false, false).violation;

  test("finds no violation if the claim or the revocation takes effect and all are told so", () => {
    expect(violation(ended([claimed, refused, refused], "A"))).toBeUndefined();
    expect(violation(ended([revoked, revoked, revoked], "V"))).toBeUndefined();
    expect(violation(ended([revoked, revoked, { status: "indeterminate" }], "V", ["lost-answer", 2]))).toBeUndefined();
    expect(violation(ended([revoked, revoked, "crashed"], "V", ["crash", 2]))).toBeUndefined();
  });
  test("finds an upload that passes although it was revoked", () => {
    expect(violation(ended([claimed, refused, revoked], "AV"))).toBe("passes, although it was revoked");
  });
  test("finds a revocation that came first and was reported as too late", () => {
    expect(violation(ended([revoked, revoked, refused], "V"))).toBe("used up, and its owner was not told");
  });
  test("finds an unknown for a URL that was not revoked", () => {
    expect(violation(ended([claimed, unknown, refused], "A"))).toBe("was told that an issued URL is unknown");
  });
  test("finds an unknown for a URL that was revoked", () => {
    expect(violation(ended([revoked, unknown, revoked], "V"))).toBe("was told that an issued URL is unknown");
  });
  test("finds a claim that reports a revocation that did not take effect", () => {
    expect(
      violation(ended([{ status: "indeterminate", mayHaveLanded: true }, revoked, refused], "A", ["lost-answer", 0])),
    ).toBe("was told that an unrevoked URL is revoked");
  });
});

test("threw", () => {
  expect(violationOf(ended([claimed, { status: "threw" }], "A"))).toBe("threw");
});
