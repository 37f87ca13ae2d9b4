/** `pnpm bench`: what a URL that works once costs, compared with the possible minimum and with the first algorithm. */
import { helpText, readArguments } from "./arguments.ts";
import { profileClaims } from "./profile/profile-claims.ts";
import { drawReport } from "./report/report.ts";
import { runSections } from "./run-sections.ts";
import { sections } from "./sections/sections.ts";

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}

async function main(): Promise<string> {
  const names = sections.map(({ name }) => name);
  const asked = readArguments(process.argv.slice(2), names);
  switch (asked.task) {
    case "help":
      return helpText(sections).trimEnd();
    case "profile":
      return profileClaims();
    case "measure": {
      const chosen = sections.filter(({ name }) => asked.names.includes(name));
      const onStep = (step: string): void => void process.stderr.write(`${step}\n`);
      const report = await runSections(chosen, { quick: asked.quick, onStep });
      return asked.form === "json" ? JSON.stringify(report, null, 2) : drawReport(report, asked.form);
    }
  }
}
