/**
 * `pnpm test clients`: real HTTP clients, each installed by its registry's ordinary client, upload to the edge and to a
 * relay, as an ordinary user would write it.
 *
 * Ends with 1 if anything came out that must not; clients that cannot be had are named, with the reason.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { browserClient } from "./browser-client.ts";
import { type CaseName, cases } from "./cases.ts";
import type { Client } from "./client.ts";
import { type ClientRow, clients } from "./clients.ts";
import { commandClient } from "./command-client.ts";
import { installClient, installDrivers } from "./install.ts";
import { type Place, type PlaceName, places } from "./places.ts";

const HELP = `usage: pnpm test clients [options]

  --client NAME  only clients whose name contains this; may be given more than once
  --place NAME   edge or relay; default: both
`;
const FILE_BYTES = 100_000;

const { values } = parseArgs({
  options: {
    client: { type: "string", multiple: true, default: [""] },
    place: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const rows = clients.filter(({ name }) =>
  values.client.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
const isPlace = values.place === undefined || values.place in places;
if (values.help || !isPlace || rows.length === 0) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 2);
}

const columns = Object.keys(cases) as CaseName[];
const table: string[][] = [["client", "version", "place", ...columns]];
const notes: string[] = [];
let wrong = 0;

// By default a signal ends the process without `exit` handlers, and browsers would stay.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const scratch = await mkdtemp(join(tmpdir(), "presign-once-clients-"));
const file = join(scratch, "file.txt");
const running: Place[] = [];
try {
  await writeFile(file, randomBytes(FILE_BYTES));
  const folder = await installDrivers();
  const names = values.place === undefined ? (Object.keys(places) as PlaceName[]) : [values.place as PlaceName];
  for (const name of names) running.push(await places[name]());
  for (const row of rows) await tryClient(row, folder);
} finally {
  for (const place of running) await place.stop();
  await rm(scratch, { recursive: true });
}

console.log(`\n${notes.join("\n")}\n`);
const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
for (const line of table)
  console.log(
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
console.log(`\n${wrong} wrong`);
if (wrong > 0) process.exitCode = 1;

async function tryClient(row: ClientRow, folder: string): Promise<void> {
  let version = "";
  let client: Client;
  try {
    version = await installClient(row.source);
    client = await start(row, { folder, file });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`${row.name}: skipped: ${reason}`);
    notes.push(`${row.name}: skipped: ${reason}`);
    table.push([row.name, version, "skipped"]);
    return;
  }
  try {
    for (const place of running) {
      console.log(`${row.name} ${version}, ${place.name}`);
      const cells: string[] = [];
      for (const name of columns) cells.push(await tryCase(row, name, client, place));
      table.push([row.name, version, place.name, ...cells]);
    }
  } finally {
    await client.stop();
  }
}

async function tryCase({ name, without }: ClientRow, column: CaseName, client: Client, place: Place): Promise<string> {
  const lacks = column === "form" || column === "name" ? without?.[column] : undefined;
  const note = (text: string) => notes.push(`${name}, ${place.name}, ${column}: ${text}`);
  if (lacks !== undefined) {
    note(`skipped: ${lacks}`);
    return "skipped";
  }
  try {
    const told = await cases[column]({ client, place, file });
    if (told !== undefined) note(told);
    return "ok";
  } catch (error) {
    wrong++;
    note(`WRONG: ${error instanceof Error ? error.message : String(error)}`);
    return "WRONG";
  }
}

function start({ driver }: ClientRow, options: { folder: string; file: string }): Promise<Client> {
  return driver.kind === "browser"
    ? browserClient(driver.command, options)
    : Promise.resolve(commandClient(driver.command, options));
}
