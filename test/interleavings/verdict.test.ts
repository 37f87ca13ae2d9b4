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

describe("nothing is wrong", () => {
  test("when one passes and the other is refused", () => {
    expect(judge(ended([claimed, refused], "A"), ROLES, false, false)).toEqual({
      winners: 1,
      violation: undefined,
    });
  });
  test("when the owner crashed, or its answer was lost and it was told so", () => {
    expect(violationOf(ended(["crashed", refused], "A", ["crash", 0]))).toBeUndefined();
    for (const kind of ["lost-answer", "late-write", "error-after", "error-late"] as const)
      expect(violationOf(ended([undecided, refused], "A", [kind, 0]))).toBeUndefined();
  });
});

test("two uploads pass", () => {
  expect(violationOf(ended([claimed, claimed], "AB"))).toBe("two uploads pass");
});

describe("nobody passes, and the URL lies unused", () => {
  const expected = "nobody passes, and the URL lies unused";
  test("although nothing failed", () => {
    expect(violationOf(ended([unwritten, unwritten], ""), true)).toBe(expected);
  });
  test("although one who did not crash asked for it", () => {
    expect(violationOf(ended([unwritten, "crashed"], "", ["crash", 1]), true)).toBe(expected);
    expect(violationOf(ended(["crashed", "crashed"], "", ["crash", 1]), true)).toBeUndefined();
  });
  test("although there was time to try again", () => {
    const state = ended([unwritten, "crashed"], "", ["slow-down", 0]);
    expect(violationOf(state, true)).toBe(expected);
    expect(violationOf(state, true, true)).toBeUndefined();
  });
});

describe("used up, and nobody who failed has it", () => {
  test("because the other one has it", () => {
    expect(violationOf(ended([undecided, "crashed"], "A", ["crash", 1]))).toBe("used up, and nobody who failed has it");
  });
  test("because its fault hid no write, unless there was no time to try again", () => {
    const state = ended([undecided, refused], "A", ["slow-down", 0]);
    expect(violationOf(state)).toBe("used up, and nobody who failed has it");
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

describe("was refused its own claim, or one that nobody has", () => {
  const expected = "was refused its own claim, or one that nobody has";
  test("its own", () => {
    expect(violationOf(ended([claimed, refused], "BA", ["late-write", 1]))).toBe(expected);
  });
  test("nobody's", () => {
    expect(violationOf(ended([claimed, refused], ""))).toBe(expected);
  });
});

test("was told that an issued URL is unknown", () => {
  expect(violationOf(ended([claimed, { status: "unknown" }], "A"))).toBe("was told that an issued URL is unknown");
});

describe("with somebody who revokes", () => {
  const revoked: Ending = { status: "revoked" };
  const unknown: Ending = { status: "unknown" };
  const violation = (state: State) => judge(state, WITH_REVOKER, false, false).violation;

  test("nothing is wrong when the claim or the revocation takes effect, and everybody is told so", () => {
    expect(violation(ended([claimed, refused, refused], "A"))).toBeUndefined();
    expect(violation(ended([revoked, revoked, revoked], "V"))).toBeUndefined();
    expect(violation(ended([revoked, revoked, { status: "indeterminate" }], "V", ["lost-answer", 2]))).toBeUndefined();
    expect(violation(ended([revoked, revoked, "crashed"], "V", ["crash", 2]))).toBeUndefined();
  });
  test("an upload that passes although it was revoked is found", () => {
    expect(violation(ended([claimed, refused, revoked], "AV"))).toBe("passes, although it was revoked");
  });
  test("a revocation that came first and was called too late is found", () => {
    expect(violation(ended([revoked, revoked, refused], "V"))).toBe("used up, and its owner was not told");
  });
  test("an unknown that nobody has revoked is found", () => {
    expect(violation(ended([claimed, unknown, refused], "A"))).toBe("was told that an issued URL is unknown");
  });
  test("an unknown is found even of what was revoked", () => {
    expect(violation(ended([revoked, unknown, revoked], "V"))).toBe("was told that an issued URL is unknown");
  });
  test("a claim that is told of a revocation that did not take effect is found", () => {
    expect(
      violation(ended([{ status: "indeterminate", mayHaveLanded: true }, revoked, refused], "A", ["lost-answer", 0])),
    ).toBe("was told that an unrevoked URL is revoked");
  });
});

test("threw", () => {
  expect(violationOf(ended([claimed, { status: "threw" }], "A"))).toBe("threw");
});
