import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { lookUp, makeResource, type Properties } from "./aws-provider.ts";
import { nameOf, type Registered } from "./engine-state.ts";
import { isSecret, type PulumiAssets, readable } from "./readable.ts";

/** The parts of Pulumi's library that the stand-in drives; the copy is the one that the program itself loads. */
interface PulumiRuntime extends PulumiAssets {
  readonly runtime: {
    setMocks(mocks: object, project: string, stack: string, preview: boolean): Promise<void>;
    getMonitor(): { registerResource: (request: RegisterRequest, callback: unknown) => Promise<void> };
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
    deserializeProperties(object: unknown): Record<string, unknown>;
    disconnect(): Promise<void>;
  };
  output(value: unknown): { apply(use: (known: unknown) => void): void };
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): unknown;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
}

/**
 * Runs the program that SST has bundled, and records what it registers.
 *
 * @param options.before  the state: what is random was drawn once and stays
 */
export async function runProgram({
  stack: { app, stage },
  preview,
  config,
  before,
}: {
  readonly stack: { readonly app: string; readonly stage: string };
  readonly preview: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly before: readonly Registered[];
}): Promise<{ resources: Registered[]; outputs: unknown }> {
  const main = /^main: (.*)$/m.exec(readFileSync("Pulumi.yaml", "utf8"))?.[1]?.trim() ?? "";
  process.env["PULUMI_CONFIG"] = JSON.stringify(config);
  const pulumi = createRequire(main)("@pulumi/pulumi") as PulumiRuntime;
  const resources: Registered[] = [];
  const states = new Map<string, Properties>();
  const urnOf = (type: string, name: string) => `urn:pulumi:${stage}::${app}::${type}::${name}`;
  const drawn = new Map(
    before.map((resource) => [nameOf(resource), resource.outputs?.["base64"] as string | undefined]),
  );
  const provider = {
    region: config["aws:region"] ?? "us-east-1",
    random: (name: string) => Buffer.from(drawn.get(name) ?? randomBytes(32).toString("base64"), "base64"),
  };

  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }: { type: string; name: string; inputs: Properties }) {
        const made = makeResource(type, name, inputs, provider);
        states.set(urnOf(type, name), made.state);
        return made;
      },
      call: ({ token, inputs }: { token: string; inputs: Properties }) => lookUp(token, inputs),
    },
    app,
    stage,
    preview,
  );
  const monitor = pulumi.runtime.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (request, callback) => {
    const given = pulumi.runtime.deserializeProperties(request.getObject());
    const inputs = (await readable(pulumi, given)) as Properties;
    await register(request, callback);
    const [type, name] = [request.getType(), request.getName()];
    const urn = urnOf(type, name);
    resources.push({
      urn,
      type,
      custom: request.getCustom(),
      inputs,
      secrets: Object.keys(given).filter((key) => isSecret(given[key])),
      outputs: (await readable(pulumi, states.get(urn) ?? {})) as Properties,
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
    });
  };

  const faults: unknown[] = [];
  const record = (fault: unknown): void => void faults.push(fault);
  process.on("uncaughtException", record).on("unhandledRejection", record);
  let returned: unknown;
  const program = async (): Promise<unknown> => {
    // oxlint-disable-next-line import/no-dynamic-require -- SST has just written it
    const { default: outputs } = (await import(pathToFileURL(main).href)) as { default: unknown };
    return outputs;
  };
  void pulumi.runtime.runInPulumiStack(program).then((outputs) => (returned = outputs), record);
  await once(process, "beforeExit"); // everything that the program set off has come to an end, or waits for ever
  if (faults.length > 0) throw faults[0];
  await pulumi.runtime.disconnect();
  const outputs = await new Promise<unknown>((resolve) => pulumi.output(returned).apply(resolve));
  return { resources, outputs: JSON.parse(JSON.stringify(outputs ?? {})) };
}
