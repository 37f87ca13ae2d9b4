import type { CounterExample, Exploration, Step, Tally } from "./explore.ts";
import { faultKinds } from "./fault.ts";
import type { Ending } from "./running-actor.ts";
import type { S3Answer, S3Request } from "./s3-exchange.ts";
import type { Store } from "./simulated-s3.ts";
import { violations } from "./verdict.ts";

/** A table of the schedules of some explorations side by side, one line for each fault. */
export function reportTallies(
  columns: readonly { readonly title: string; readonly exploration: Exploration }[],
): string {
  const lines = [["fault", ...columns.flatMap(({ title }) => [`${title}: schedules`, "survived", "none passed"])]];
  for (const fault of ["none", ...faultKinds] as const)
    lines.push([fault, ...columns.flatMap(({ exploration }) => cells(exploration.tallies.get(fault)))]);
  lines.push(["all", ...columns.flatMap(({ exploration }) => cells(total(exploration)))]);
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("   "),
    )
    .join("\n");
}

/** Every schedule of an exploration in one tally. */
export function total({ tallies }: Exploration): Tally {
  const sum: Tally = { schedules: 0n, survived: 0n, byWinners: new Map(), byViolation: new Map() };
  for (const { schedules, survived, byWinners, byViolation } of tallies.values()) {
    sum.schedules += schedules;
    sum.survived += survived;
    for (const [winners, n] of byWinners) sum.byWinners.set(winners, (sum.byWinners.get(winners) ?? 0n) + n);
    for (const [violation, n] of byViolation)
      sum.byViolation.set(violation, (sum.byViolation.get(violation) ?? 0n) + n);
  }
  return sum;
}

/** A number for people. */
export function figure(n: bigint | number): string {
  return n.toLocaleString("en");
}

/** How many schedules went wrong in which way, the gravest first; empty if none did. */
export function describeViolations(exploration: Exploration): string {
  const { byViolation } = total(exploration);
  const found = violations.filter((violation) => byViolation.has(violation));
  return found.map((violation) => `${figure(byViolation.get(violation) ?? 0n)} × "${violation}"`).join(", ");
}

function cells(tally: Tally | undefined): string[] {
  if (tally === undefined) return ["-", "-", "-"];
  return [tally.schedules, tally.survived, tally.byWinners.get(0) ?? 0n].map(figure);
}

/**
 * A schedule as numbered steps: who asked S3 for what, what S3 answered, and who passed.
 *
 * @param store  what the schedule began with; its versions are named by who wrote them, such as I1 for the issuer's first
 */
export function reportSchedule({ steps }: CounterExample, names: readonly string[], store: Store): string {
  const versionOf = new Map(store.map(({ etag, id }) => [etag, id]));
  return steps
    .map((step, i) => {
      const { answer, choice } = step;
      if (answer?.status === 200)
        for (const { etag, id } of [answer.version ?? [], answer.versions ?? []].flat()) versionOf.set(etag, id);
      const who = choice.actor === undefined ? "-" : (names[choice.actor] ?? "?");
      return `${String(i + 1).padStart(4)}. ${who}  ${describeStep(step, versionOf)}`;
    })
    .join("\n");
}

function describeStep({ choice, answer, ending }: Step, versionOf: ReadonlyMap<string, string>): string {
  if (choice.flight === undefined) return "crashes";
  const { request } = choice.flight.sent;
  const asked = `${choice.actor === undefined ? `${request.by}'s late ` : ""}${describeRequest(request, versionOf)}`;
  const fault = choice.what === "serve" || choice.what === "arrive" ? "" : `  (${choice.what})`;
  const stage = choice.what === "arrive" ? "arrives" : choice.flight.place === undefined ? undefined : "commits";
  const told = [stage ?? [], answer === undefined && stage === "arrives" ? [] : describeAnswer(answer)]
    .flat()
    .join(": ");
  return `${asked.padEnd(42)} ${told}${fault}${describeEnding(ending)}`;
}

function describeRequest(request: S3Request, versionOf: ReadonlyMap<string, string>): string {
  if (request.op === "VERSIONING") return "GetBucketVersioning";
  const key = request.key.replace(/[0-9a-f]{64}/, "#");
  if (request.op === "GET" && request.versionId !== undefined) return `GET ${key} version ${request.versionId}`;
  if (request.op === "LIST") return `LIST versions of ${key}`;
  if (request.op === "PUT" && request.ifMatch !== undefined)
    return `PUT ${key} if it is ${versionOf.get(request.ifMatch) ?? request.ifMatch}`;
  return `${request.op} ${key}`;
}

function describeAnswer(answer: S3Answer | undefined): string {
  if (answer === undefined) return "carried out, not yet answered";
  if (answer.status !== 200) return `${answer.status ?? "no answer"}`;
  if (answer.versions !== undefined) return `200, newest first: ${answer.versions.map(({ id }) => id).join(" ")}`;
  return answer.version === undefined ? "200" : `200, version ${answer.version.id}`;
}

function describeEnding(ending: Ending | undefined): string {
  if (ending === undefined) return "";
  return ending.status === "claimed" ? "   => passes" : `   => ${ending.status}`;
}
