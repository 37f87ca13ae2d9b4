/** `pnpm test interleavings`: every schedule of every strategy with figures, and the mistakes that they find. */
import type { Exploration } from "./explore.ts";
import { rehearse } from "./rehearse.ts";
import { describeViolations, figure, reportSchedule, reportTallies, total } from "./report.ts";
import { createLaboratory } from "./scenario.ts";
import {
  article,
  downloadMistake,
  downloads,
  mistakes,
  type NamedScenario,
  rehearsals,
  retries,
  retryMistakes,
  trials,
  unsafeServers,
  variations,
} from "./scenarios.ts";
import type { Violation } from "./verdict.ts";

const startedAt = performance.now();
const lab = await createLaboratory();
let surprises = 0;

/** Prints a line, marked if it says what must not be. */
function say(asExpected: boolean, line: string): void {
  if (!asExpected) surprises++;
  console.log(asExpected ? line : `FAILED: ${line}`);
}

function sayWhatWasWrong(title: string, exploration: Exploration, holds: boolean): void {
  const { schedules, survived } = total(exploration);
  const verdict =
    schedules === survived
      ? "all survived"
      : `${figure(schedules - survived)} did not: ${describeViolations(exploration)}`;
  const held = schedules > 0n && schedules === survived;
  say(
    held === holds,
    `${title}: ${figure(schedules)} schedules through ${figure(exploration.states)} states; ${verdict}`,
  );
}

async function convict({ name, scenario }: NamedScenario, of: Violation = "two uploads pass"): Promise<void> {
  const { counterExamples } = await lab.explore(scenario, of);
  const { world, store } = await lab.prepare(scenario);
  const found = counterExamples.get(of);
  if (found === undefined) return say(false, `\n${name}: never do ${of}`);
  console.log(`\n${name}: ${of} after ${found.steps.length} steps`);
  console.log(
    reportSchedule(
      found,
      world.actors.map((actor) => actor.name),
      store,
    ),
  );
}

console.log("Every schedule of k claimants, with at most one fault, at every place where it can happen");
for (const { name, holds, scenario } of trials) {
  console.log(`\n${name}${holds ? "" : " (not expected to hold)"}`);
  const columns = [
    { title: "k=2", exploration: await lab.explore(scenario(2)) },
    { title: "k=3", exploration: await lab.explore(scenario(3)) },
  ];
  console.log(reportTallies(columns));
  for (const { title, exploration } of columns) sayWhatWasWrong(title, exploration, holds);
}

console.log("\nThe same for k=2 on linearizable versions, but:");
for (const { name, scenario } of variations) sayWhatWasWrong(name, await lab.explore(scenario), true);

console.log("\nA URL that was granted retries: never two objects, never two clients");
for (const { name, scenario } of retries) sayWhatWasWrong(name, await lab.explore(scenario), true);

console.log("\nA link for one download: never two clients");
for (const { name, scenario } of downloads) sayWhatWasWrong(name, await lab.explore(scenario), true);

console.log("\nRun whole as well, all claimants at once, one schedule at a time:");
for (const { name, scenario } of rehearsals) {
  const { world, store, programs } = await lab.prepare(scenario);
  const rehearsed = await rehearse(world, store, programs);
  const explored = total(await lab.explore(scenario)).schedules;
  say(rehearsed === explored, `${name}: ${figure(rehearsed)} of ${figure(explored)} schedules went as foretold`);
}

console.log("\nServers that a strategy cannot be trusted on");
for (const server of unsafeServers) await convict(server);
console.log("\nConvicted on linearizable versions");
for (const mistake of retryMistakes) await convict(mistake, "two objects come of one URL");
await convict(downloadMistake, "two clients pass");
for (const mistake of [...mistakes, article]) await convict(mistake);

const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(
  `\n${figure(lab.runs())} runs of the code under test; ${seconds} s; ${surprises === 0 ? "all as expected" : `${surprises} FAILED`}`,
);
process.exitCode = surprises === 0 ? 0 : 1;
