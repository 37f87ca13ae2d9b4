import { isWrongAnswer } from "./draw-fault.ts";
import { limitsOf } from "./lab.ts";
import type { RoundRecord, Told } from "./round.ts";

/** The time limit of a Lambda@Edge function, in milliseconds: no answer may take longer, however busy the machine. */
const EDGE_LIMIT_MS = 5_000;

/**
 * Checks a round against the guarantees; returns one sentence for each violation.
 *
 * A wrong answer of the network (`isWrongAnswer`) to a claimant excuses what that claimant is told, and nothing else. Two winners,
 * a winner that the entry does not name, and an answer out of time are never excused.
 */
export function judge(record: RoundRecord): string[] {
  const { plan, registration, registrationMs, told, disturbed, entry, afterwards } = record;
  const wrong: string[] = [];
  const { requestMs } = limitsOf(plan);
  const faultsOf = (who: string) => disturbed.filter((request) => request.who === who && request.fault.kind !== "pass");
  const gotWrongAnswer = (who: string) => disturbed.some((request) => request.who === who && isWrongAnswer(request));
  // A machine that is too slow for the short limits counts as a slow network.
  const wasDisturbed = ({ who, milliseconds }: Told) => faultsOf(who).length > 0 || milliseconds >= requestMs;

  if (registrationMs > EDGE_LIMIT_MS) wrong.push(`the registration took ${Math.round(registrationMs)} ms`);
  if (registration !== "registered") {
    const isExcused = faultsOf("registrar").length > 0 || registrationMs >= requestMs;
    if (!isExcused) wrong.push(`an undisturbed registration was answered ${registration}`);
    return wrong;
  }

  const winners = told.filter(({ status }) => status === "claimed");
  if (winners.length > 1) wrong.push(`${winners.length} claimants won`);
  for (const claim of told) {
    const { who, claimant, status, mayHaveLanded, milliseconds } = claim;
    const name = `claimant ${who}, told ${status}${status === "indeterminate" ? ` (mayHaveLanded: ${mayHaveLanded})` : ""},`;
    if (milliseconds > EDGE_LIMIT_MS) wrong.push(`${name} waited ${Math.round(milliseconds)} ms`);
    if (status === "claimed" && entry.owner !== claimant) wrong.push(`${name} does not own the entry`);
    if (status === "indeterminate" && !wasDisturbed(claim)) wrong.push(`${name} was not disturbed`);
    if (gotWrongAnswer(who)) continue;
    if (status === "unknown" || status === "revoked") wrong.push(`${name} claimed a registered hash`);
    if (status === "already-claimed" && (entry.owner === undefined || entry.owner === claimant))
      wrong.push(`${name} was refused without another claim`);
    if (status === "indeterminate" && !mayHaveLanded && entry.writers.includes(claimant))
      wrong.push(`${name} has written`);
  }

  if (entry.owner === undefined) {
    // A write whose answer was lost may land between the look at the entry and the claim after it.
    const mayStillLand = told.some((claim) => claim.mayHaveLanded && wasDisturbed(claim));
    if (afterwards !== "claimed" && !(afterwards === "already-claimed" && mayStillLand))
      wrong.push(`an unclaimed entry was then answered ${afterwards}`);
    for (const { who, status } of told) if (status === "claimed") wrong.push(`claimant ${who} won an unclaimed entry`);
  } else {
    if (afterwards !== "already-claimed") wrong.push(`a claimed entry was then answered ${afterwards}`);
    const owner = told.find(({ claimant }) => claimant === entry.owner);
    if (owner === undefined) wrong.push("the entry names a claimant that did not claim");
    else if (owner.status !== "claimed") {
      const isExcused =
        gotWrongAnswer(owner.who) || (owner.status === "indeterminate" && owner.mayHaveLanded && wasDisturbed(owner));
      if (!isExcused) wrong.push(`the URL is used up by claimant ${owner.who}, which was told ${owner.status}`);
    }
  }
  if (winners.length === 0 && !told.some(wasDisturbed)) wrong.push("no claimant won, and none was disturbed");
  return wrong;
}
