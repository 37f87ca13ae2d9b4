import { readFileSync } from "node:fs";

import type * as Aws from "@pulumi/aws";
import type * as Pulumi from "@pulumi/pulumi";

import { requireFit, zippedSize } from "./archive-size.ts";
import { type PolicyDocument, type RoleScope, trustPolicy } from "./policies.ts";
import type { Output, Providers } from "./providers.ts";

/** The one region that Lambda@Edge takes functions from. */
export const EDGE_REGION = "us-east-1";

/** What Lambda@Edge allows a function of the viewer's requests. */
export const FUNCTION = {
  architectures: ["x86_64"],
  handler: "index.handler",
  memorySize: 128,
  timeout: 5,
};

/** CloudFront removes the copies of a function hours after the last distribution has let go of it. */
const DELETE_TIMEOUT = "3h";

/** What makes one edge function. */
export interface EdgeFunctionParts {
  /** The bundle. */
  readonly file: string;
  /** The text of `config.json`. */
  readonly settings: Output<string>;
  readonly policyOf: (scope: RoleScope) => PolicyDocument;
  readonly scope: Output<Omit<RoleScope, "functionArn">>;
  readonly runtime: "nodejs24.x" | "nodejs22.x";
  /** Leave it behind when the stack is removed. */
  readonly retain: boolean;
}

/** An edge function with its role. */
export interface EdgeFunction {
  readonly lambda: Aws.lambda.Function;
  readonly role: Aws.iam.Role;
  /** Comes after the function, since it names the function's logs; nothing may call the function before. */
  readonly rolePolicy: Aws.iam.RolePolicy;
}

/**
 * Makes a function that CloudFront may run at its edge locations, with a role of its own.
 *
 * Whatever Lambda@Edge has no place for, such as environment variables, is left out; the settings travel in the archive.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
 */
export function createEdgeFunction({ aws, pulumi }: Providers, name: string, parts: EdgeFunctionParts): EdgeFunction {
  const role = new aws.iam.Role(`${name}Role`, { assumeRolePolicy: JSON.stringify(trustPolicy()) });
  const lambda = new aws.lambda.Function(
    name,
    {
      region: EDGE_REGION,
      role: role.arn,
      runtime: parts.runtime,
      ...FUNCTION,
      publish: true,
      code: parts.settings.apply((settings) => archive(pulumi, name, parts.file, settings)),
    },
    { customTimeouts: { delete: DELETE_TIMEOUT }, retainOnDelete: parts.retain },
  );
  const rolePolicy = new aws.iam.RolePolicy(`${name}Policy`, {
    role: role.id,
    policy: pulumi
      .all([parts.scope, lambda.arn])
      .apply(([scope, functionArn]) => JSON.stringify(parts.policyOf({ ...scope, functionArn }))),
  });
  return { lambda, role, rolePolicy };
}

/** Only inside `apply`: the settings of an archive have to be a plain text. */
function archive(pulumi: typeof Pulumi, name: string, file: string, settings: string): Pulumi.asset.Archive {
  requireFit(name, zippedSize(readFileSync(file)) + zippedSize(Buffer.from(settings)));
  return new pulumi.asset.AssetArchive({
    "index.mjs": new pulumi.asset.FileAsset(file),
    "config.json": new pulumi.asset.StringAsset(settings),
  });
}
