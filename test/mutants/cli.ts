/**
 * `pnpm test mutants`: makes the source wrong in one place after the other, in a copy, and shows which test notices.
 *
 * Ends with 1 if a mutant survives for which the list gives no reason, or if one no longer fits the source.
 */
import { parseArgs } from "node:util";

import { copyWorkspace } from "../../gates/workspace-copy.ts";
import { coreMutants } from "./core-mutants.ts";
import { downloadMutants } from "./download-mutants.ts";
import { indexMutants } from "./index-mutants.ts";
import { relayMutants } from "./relay-mutants.ts";
import { searchMutants } from "./search-mutants.ts";
import { storeMutants } from "./store-mutants.ts";
import { ask, healthySuites, tryMutant } from "./try-mutant.ts";

const HELP = `usage: pnpm test mutants [options]

  --only TEXT  mutants whose file, text or effect holds TEXT
  --list       print the list and try nothing
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const mutants = [
  ...coreMutants,
  ...downloadMutants,
  ...indexMutants,
  ...relayMutants,
  ...searchMutants,
  ...storeMutants,
].filter((mutant) => Object.values(mutant).join("\n").includes(values.only));
const shortName = (file: string) => file.replace(/^packages\/|src\/|\.ts$/g, "");
if (values.list) {
  for (const { file, original, breaks } of mutants)
    console.log(`${shortName(file)}: ${breaks}\n    ${original.split("\n")[0] ?? ""}`);
  console.log(`${mutants.length} mutants`);
  process.exit(0);
}

const workspace = await copyWorkspace();
process.once("SIGINT", () => void workspace.remove().then(() => process.exit(130)));
const counts = { killed: 0, explained: 0, survived: 0, unfit: 0 };
try {
  for (const suite of healthySuites) {
    const healthy = await ask(workspace, suite);
    if (healthy.killed) throw new Error(`a test fails before anything is made wrong: ${healthy.by}`);
  }
  for (const [n, mutant] of mutants.entries()) {
    const label = `${String(n + 1).padStart(3)} ${shortName(mutant.file)}: ${mutant.breaks}`;
    try {
      const { killed, by, seconds } = await tryMutant(workspace, mutant);
      const outcome = killed ? "killed" : mutant.survivesBecause === undefined ? "survived" : "explained";
      counts[outcome]++;
      const because = killed ? by : (mutant.survivesBecause ?? `SURVIVED: ${mutant.original} -> ${mutant.replacement}`);
      console.log(`${label}\n    ${outcome} in ${seconds.toFixed(0)} s: ${because}`);
    } catch (cause) {
      counts.unfit++;
      console.log(`${label}\n    unfit: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
} finally {
  await workspace.remove();
}
console.log(
  `${mutants.length} mutants: ${counts.killed} killed, ${counts.explained} survived for the reason given, ${counts.survived} survived without, ${counts.unfit} unfit`,
);
if (counts.survived + counts.unfit > 0) process.exitCode = 1;
