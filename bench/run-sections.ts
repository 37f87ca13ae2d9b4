import { needsVersions } from "./contenders/contender.ts";
import { contenders } from "./contenders/contenders.ts";
import { silenceLog } from "./contenders/silence-log.ts";
import { describeEnvironment } from "./report/environment.ts";
import { judge } from "./report/judge.ts";
import type { Report } from "./report/report.ts";
import { full, quick } from "./sections/amounts.ts";
import type { Entrant, Section } from "./sections/section.ts";
import { VERSIONED_BUCKET } from "./stub/s3-answers.ts";
import { startStub } from "./stub/start-stub.ts";
import { targets } from "./targets.ts";

/**
 * Measures every contender in this process, section by section, on one stub.
 *
 * @param options.onStep  called when a section begins
 * @throws when a contender gives another answer than it should: then its cost means nothing
 */
export async function runSections(
  chosen: readonly Section[],
  options: { readonly quick: boolean; readonly onStep: (step: string) => void },
): Promise<Report> {
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  const environment = await describeEnvironment();
  const giveBack = silenceLog();
  const stub = await startStub();
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) {
      const bucket = needsVersions(contender) ? VERSIONED_BUCKET : "index";
      entrants.push({ ...contender, ...(await contender.open({ server: stub, bucket })) });
    }
    const found: Report["sections"][number][] = [];
    for (const { name, notes, run } of chosen) {
      options.onStep(`${elapsed().toFixed(0).padStart(4)} s  ${name}`);
      found.push({ name, notes, ...(await run({ stub, entrants, amounts: options.quick ? quick : full })) });
    }
    const verdicts = judge(
      targets,
      found.flatMap(({ measurements }) => measurements),
    );
    return { environment, quick: options.quick, seconds: elapsed(), verdicts, sections: found };
  } finally {
    for (const { close } of entrants) await close();
    await stub.stop();
    giveBack();
  }
}
