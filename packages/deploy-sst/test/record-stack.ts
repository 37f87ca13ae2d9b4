import { FOUND_REGION, lookUp, makeResource, type Properties } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { isSecret, readable } from "@presign-once/test/deploy/stand-ins/readable";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { namedKeys } from "../src/edge-settings.ts";
import type { SingleUseUploadsArgs } from "../src/single-use-uploads-args.ts";
import type { singleUseUploads } from "../src/single-use-uploads.ts";

/** One resource, as the stack registered it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  /** Plain values; archives and assets as what they hold. */
  readonly inputs: Properties;
  /** Names of the inputs that go into the state encrypted. */
  readonly secrets: readonly string[];
  readonly retainOnDelete: boolean;
  /** Such as `3h`; empty for the default. */
  readonly deleteTimeout: string;
  /** Names of the resources that have to be there first. */
  readonly dependsOn: readonly string[];
}

/** A whole stack, as Pulumi's own mock engine saw it. */
export interface RecordedStack {
  readonly args: SingleUseUploadsArgs;
  /** Of what the stack makes, and of buckets that were there before. */
  readonly region: string;
  readonly foundRegion: string;
  readonly resources: readonly RecordedResource[];
  readonly outputs: Properties;
  /** What an issuer gets, and whether its keys are secret: encrypted in the state, or not in the template. */
  readonly issuerSettings: { readonly json: string; readonly secret: boolean };
  /** What an issuer gets of the last key alone. */
  readonly issuerSettingsOfLastKey?: { readonly json: string; readonly secret: boolean };
  /** The resources of a type, without the provider: `s3/bucket:Bucket`. */
  all(type: string): readonly RecordedResource[];
  /** The one resource of a type and name. */
  one(type: string, name: string): RecordedResource;
}

/** Region of the provider. */
const REGION = "eu-west-1";

/** The messages of Pulumi's engine that are looked at. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getObject(): Parameters<typeof pulumi.runtime.deserializeProperties>[0];
  getRetainondelete(): boolean;
  getCustomtimeouts(): { getDelete(): string } | undefined;
  getDependenciesList(): readonly string[];
}

interface Monitor {
  registerResource: (request: RegisterRequest, callback: unknown) => Promise<void>;
}

/** Builds a stack under Pulumi's mocks and returns all that it registered. */
export async function recordStack(
  program: typeof singleUseUploads,
  name: string,
  args: SingleUseUploadsArgs,
): Promise<RecordedStack> {
  const resources: RecordedResource[] = [];
  const random = (resourceName: string): Buffer => secretOf(resourceName);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name: resourceName, inputs }) =>
        makeResource(type, resourceName, inputs as Properties, { region: REGION, random }),
      call: ({ token, inputs }) => lookUp(token, inputs as Properties),
    },
    "app",
    "test",
    false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (request, callback) => {
    const inputs = pulumi.runtime.deserializeProperties(request.getObject()) as Properties;
    resources.push({
      type: request.getType().replace(/^aws:/, ""),
      name: request.getName(),
      inputs: (await readable(pulumi, inputs)) as Properties,
      secrets: Object.keys(inputs).filter((key) => isSecret(inputs[key])),
      retainOnDelete: request.getRetainondelete(),
      deleteTimeout: request.getCustomtimeouts()?.getDelete() ?? "",
      dependsOn: request.getDependenciesList().map((urn) => urn.split("::").at(-1) ?? ""),
    });
    return register(request, callback);
  };
  const {
    issueRole: _i,
    verifyRole: _v,
    issuerSettings,
    issuerSettingsOf,
    ...outputs
  } = program({ aws, pulumi }, name, args);
  const read = async (settings: typeof issuerSettings) => ({
    json: await new Promise<string>((resolve) => settings.apply(resolve)),
    secret: await pulumi.isSecret(settings as pulumi.Output<string>),
  });
  const lastKey = namedKeys(args.edgeKeys).at(-1)!.id;
  const settings = {
    issuerSettings: await read(issuerSettings),
    issuerSettingsOfLastKey: await read(issuerSettingsOf(lastKey)),
  };
  const known = await new Promise<Properties>((resolve) => pulumi.output(outputs).apply(resolve));
  await pulumi.runtime.disconnect();

  return recordedStack({
    ...{ args, region: REGION, foundRegion: FOUND_REGION, resources },
    outputs: known,
    ...settings,
  });
}

/** A stack with ways to look into it. */
export function recordedStack(recorded: Omit<RecordedStack, "all" | "one">): RecordedStack {
  const all = (type: string) => recorded.resources.filter((resource) => resource.type === type);
  return {
    ...recorded,
    all,
    one(type, resourceName) {
      const [found, ...others] = all(type).filter((resource) => resource.name === resourceName);
      if (found === undefined || others.length > 0) throw new Error(`expected one ${type} ${resourceName}`);
      return found;
    },
  };
}

/** 32 bytes that depend on the name of the resource alone. */
export function secretOf(resourceName: string): Buffer {
  return Buffer.alloc(32, resourceName);
}
