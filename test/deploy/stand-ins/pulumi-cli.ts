/**
 * A stand-in for the Pulumi command line, as far as SST uses it.
 *
 * It runs the very program that SST has bundled, with the copies of Pulumi and its AWS provider that SST has installed,
 * under Pulumi's own mock engine, and keeps a state between runs: so a `preview` knows what an `up` has made, and a
 * `destroy` takes it away again, unless it is protected or retained. What no provider looked at is not proved by it.
 *
 * Set `REHEARSAL_REPORT` to a file: each run writes there, as JSON, every registration and its outcome.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type Change, compare, type Operation, type Registered } from "./engine-state.ts";
import { runProgram } from "./run-program.ts";

const [command = "", ...rest] = process.argv.slice(2);

/** SST's program changes to the folder of the app, so the place of the state is looked up before. */
const workFolder = process.cwd();

switch (command) {
  case "version":
    process.stdout.write("v3.215.0\n");
    break;
  case "stack":
    if (rest[0] !== "init") unknownCommand();
    writeState(stackOf(rest[1]), []);
    break;
  case "preview":
  case "up":
  case "destroy":
    process.exitCode = await operate(command);
    break;
  default:
    unknownCommand();
}

async function operate(operation: Operation): Promise<number> {
  const stack = stackOf(option("--stack"));
  const before = readState(stack);
  const events = createEvents(option("--event-log"), operation === "preview");
  const done: Change[] = [];
  let outputs: unknown;
  try {
    const config = readConfig();
    const program =
      operation === "destroy"
        ? { resources: [], outputs: undefined }
        : await runProgram({ stack, preview: operation === "preview", config, before });
    outputs = program.outputs;
    for (const change of compare(before, program.resources)) {
      events.change(change, "begins");
      if (change.what === "delete" && change.resource.protect) throw new Error(`${change.resource.urn} is protected`);
      done.push(change);
      events.change(change, "ends");
    }
    if (operation !== "preview") writeState(stack, program.resources, outputs);
  } catch (fault) {
    events.fault(fault);
    return 1;
  } finally {
    events.summary(done);
    report(operation, stack, done, outputs);
  }
  return 0;
}

/** The last part of the stack's name stands first in every URN. */
function stackOf(reference: string | undefined): { app: string; stage: string } {
  const [, app, stage] = (reference ?? "").split("/");
  if (app === undefined || stage === undefined) throw new Error(`no stack called ${reference}`);
  return { app, stage };
}

function option(name: string): string {
  const value = process.argv[process.argv.indexOf(name) + 1];
  if (!process.argv.includes(name) || value === undefined) throw new Error(`expected ${name}`);
  return value;
}

function readConfig(): Record<string, string> {
  const pairs = process.argv.flatMap((argument, index) =>
    argument === "--config" ? [process.argv[index + 1] ?? ""] : [],
  );
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function stateFile({ app, stage }: { app: string; stage: string }): string {
  return join(workFolder, ".pulumi", "stacks", app, `${stage}.json`);
}

function readState(stack: { app: string; stage: string }): Registered[] {
  const file = stateFile(stack);
  if (!existsSync(file)) return [];
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
    checkpoint: { latest?: { resources?: Registered[] } };
  };
  return checkpoint.latest?.resources ?? [];
}

function writeState(
  stack: { app: string; stage: string },
  resources: readonly Registered[],
  outputs: unknown = {},
): void {
  const root = `urn:pulumi:${stack.stage}::${stack.app}::pulumi:pulumi:Stack::${stack.app}-${stack.stage}`;
  const others = resources.filter(({ urn }) => urn !== root);
  const all =
    resources.length === 0 ? [] : [{ urn: root, type: "pulumi:pulumi:Stack", custom: false, outputs }, ...others];
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "v3.215.0" };
  const checkpoint = { stack: `organization/${stack.app}/${stack.stage}`, latest: { manifest, resources: all } };
  mkdirSync(dirname(stateFile(stack)), { recursive: true });
  writeFileSync(stateFile(stack), JSON.stringify({ version: 3, checkpoint }));
}

function createEvents(file: string, planning: boolean) {
  let sequence = 0;
  const emit = (event: object): void =>
    appendFileSync(file, `${JSON.stringify({ sequence: sequence++, timestamp: 0, ...event })}\n`);
  return {
    change({ what, resource }: Change, stage: "begins" | "ends"): void {
      const { urn, type, custom } = resource;
      const state = { urn, type, custom, id: "", parent: "", provider: "", inputs: {}, outputs: {} };
      const [old, next] = what === "create" ? [null, state] : what === "delete" ? [state, null] : [state, state];
      const metadata = {
        op: what,
        urn,
        type,
        old,
        new: next,
        diffs: [],
        detailedDiff: null,
        logical: true,
        provider: "",
      };
      emit(
        stage === "begins" ? { resourcePreEvent: { metadata, planning } } : { resOutputsEvent: { metadata, planning } },
      );
    },
    fault(fault: unknown): void {
      const message = fault instanceof Error ? fault.message : String(fault);
      emit({ diagnosticEvent: { severity: "error", message, color: "never" } });
    },
    summary(done: readonly Change[]): void {
      const resourceChanges: Record<string, number> = {};
      for (const { what } of done) resourceChanges[what] = (resourceChanges[what] ?? 0) + 1;
      emit({ summaryEvent: { maybeCorrupt: false, durationSeconds: 0, resourceChanges, PolicyPacks: {} } });
    },
  };
}

function report(
  operation: Operation,
  stack: { app: string; stage: string },
  changes: readonly Change[],
  outputs: unknown,
): void {
  const file = process.env["REHEARSAL_REPORT"];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ operation, ...stack, changes, outputs }));
}

function unknownCommand(): never {
  process.stderr.write(`the stand-in for pulumi does not know: ${process.argv.slice(2).join(" ")}\n`);
  process.exit(2);
}
