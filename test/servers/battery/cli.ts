/** `pnpm test servers`: which strategy holds on which S3 server, as a table. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { type ServerName, serverNames, servers } from "../catalogue.ts";
import { measureServer } from "./measure-server.ts";
import { describeRun, type Measurement, type Run } from "./measurement.ts";

const HELP = `usage: pnpm test servers [SERVER...] [options]

SERVER: ${serverNames.join(", ")} (default: all). A server that is missing is installed first.

  --rounds N   races from two processes, and rounds over a failing network, each; default 200
  --write      replace the table of docs/servers.md by what was measured
`;
const PAGE = new URL("../../../docs/servers.md", import.meta.url);
const TABLE = /(?<=<!-- measured -->\n)[^]*(?=<!-- \/measured -->)/;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "200" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const unknown = positionals.find((name) => !serverNames.includes(name as ServerName));
const rounds = Number(values.rounds);
if (values.help) process.stdout.write(HELP);
else if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else await run(positionals.length === 0 ? serverNames : (positionals as ServerName[]));

async function run(names: readonly ServerName[]): Promise<void> {
  const measurements: Measurement[] = [];
  for (const name of names) {
    const effort = { laws: 20, races: rounds, faults: rounds };
    measurements.push(...(await measureServer(servers[name], effort, (line) => console.error(line))));
  }
  const all = names.length === serverNames.length ? "" : ` ${names.join(" ")}`;
  const command = `pnpm test servers${all} --rounds ${rounds}`;
  const table = describeRun({ date: new Date().toISOString().slice(0, 10), command, measurements } satisfies Run);
  console.log(`\n${table}`);
  if (values.write)
    await writeFile(
      PAGE,
      (await readFile(PAGE, "utf8")).replace(TABLE, () => `\n${table}\n`),
    );
}
