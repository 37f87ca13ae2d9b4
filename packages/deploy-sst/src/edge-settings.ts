import { createRequire } from "node:module";

import type { EdgeConfigInput } from "@presign-once/settings";

import { invalidArguments } from "./deploy-error.ts";
import { INDEX_FOLDER, UPLOADS_FOLDER } from "./folders.ts";
import {
  type AuthorizerSettings,
  DEFAULT_STRATEGY,
  type NamedEdgeKey,
  type SingleUseUploadsArgs,
} from "./single-use-uploads-args.ts";

/** What `config.json` says that only Pulumi finds out. */
export interface KnownLater {
  readonly region: string;
  readonly uploadsBucket: string;
  readonly indexBucket: string;
  /** Of `encryption`, where it names one. */
  readonly encryptionKeyArn: string | undefined;
  readonly authorizer: AuthorizerSettings;
  /** One for each of `edgeKeys`, in that order: 32 bytes in base64url. */
  readonly secrets: readonly string[];
}

/** The text of `config.json` of each function: verify has no use for the authorizer, which may hold a secret. */
export interface SettingsTexts {
  readonly issue: string;
  readonly verify: string;
}

/** Turns arguments, and what is known later, into the texts of `config.json`. */
export type WriteSettings = (later: KnownLater) => SettingsTexts;

/** The edge keys without their secrets, a name alone as an object too; by default one. */
export function namedKeys(keys: SingleUseUploadsArgs["edgeKeys"] = ["key-1"]): readonly NamedEdgeKey[] {
  return keys.map((key) => (typeof key === "string" ? { id: key } : key));
}

/**
 * Prepares the settings of both functions, and checks right away what can be checked by now.
 *
 * @param isPlain    whether the authorizer is known by now, and no value of a later time
 * @param checkFile  the functions' own check, as the bundler wrote it
 * @returns  writes the settings, checked again: throws {@link DeployError} `ARGUMENT_INVALID`, which names the argument
 */
export function prepareSettings(
  isPlain: (value: SingleUseUploadsArgs["authorizer"]) => value is AuthorizerSettings,
  name: string,
  args: SingleUseUploadsArgs,
  checkFile: string,
): WriteSettings {
  const { parseEdgeConfigJson } = createRequire(checkFile)(checkFile) as {
    parseEdgeConfigJson: (json: string) => unknown;
  };
  const edgeKeys = namedKeys(args.edgeKeys);

  function write(later: KnownLater): SettingsTexts {
    const { region, uploadsBucket, indexBucket, encryptionKeyArn: keyArn, authorizer, secrets } = later;
    const config: EdgeConfigInput = {
      region,
      uploads: {
        ...{ bucket: uploadsBucket, prefix: UPLOADS_FOLDER },
        ...(args.encryption === undefined ? {} : { encryption: { type: args.encryption.type, keyArn } }),
        ...given(args, "tags"),
      },
      index: { bucket: indexBucket, prefix: INDEX_FOLDER, strategy: args.index?.strategy ?? DEFAULT_STRATEGY },
      keys: edgeKeys.map((key, index) => ({ ...key, secret: secrets[index] ?? "" })),
      authorizer: readAuthorizer(name, authorizer),
      ...(args.domain === undefined ? {} : { baseUrl: `https://${args.domain.names[0]}` }),
      ...(args.cors === undefined ? {} : { cors: { ...args.cors, origins: [...args.cors.origins] } }),
      ...(args.oneTimeDownloads === undefined ? {} : { downloads: args.oneTimeDownloads }),
      ...given(
        args,
        "signing",
        "expiresInSeconds",
        "maxExpiresInSeconds",
        "maxBytes",
        "subjectMetadata",
        "ifNoneMatch",
        "retries",
      ),
    };
    const issue = JSON.stringify(config, null, 2);
    try {
      parseEdgeConfigJson(issue);
    } catch (fault) {
      // The check names fields of `config.json`; most are called like the arguments they come from.
      throw invalidArguments(name, [
        (fault as Error).message
          .replace(/(?<=^|; )keys(?=[.:])/g, "edgeKeys")
          .replace(/(?<=^|; )downloads(?=[.:])/g, "oneTimeDownloads")
          .replace(/(?<=^|; )uploads\.(?=encryption|tags)/g, ""),
      ]);
    }
    if (
      typeof config.authorizer === "object" &&
      config.authorizer.type === "custom" &&
      args.issueFunction === undefined
    )
      throw invalidArguments(name, ["issueFunction: expected a module of your own, since the authorizer is custom"]);
    const { authorizer: _, ...settingsOfVerify } = config;
    return { issue, verify: JSON.stringify(settingsOfVerify, null, 2) };
  }

  write({
    region: "us-east-1",
    uploadsBucket: "uploads-known-later",
    indexBucket: "index-known-later",
    encryptionKeyArn: args.encryption?.keyArn && "arn:aws:kms:us-east-1:111122223333:key/known-later",
    authorizer: isPlain(args.authorizer) ? args.authorizer : "none",
    secrets: edgeKeys.map(() => "A".repeat(43)),
  });
  return write;
}

/** The given arguments that are copied into the settings unchanged. */
function given<Name extends keyof SingleUseUploadsArgs>(args: SingleUseUploadsArgs, ...names: Name[]) {
  return Object.fromEntries(names.filter((name) => args[name] !== undefined).map((name) => [name, args[name]]));
}

/** A secret holds text, so an authorizer may come as one: `none`, or JSON. */
function readAuthorizer(name: string, authorizer: AuthorizerSettings): EdgeConfigInput["authorizer"] {
  if (typeof authorizer !== "string" || authorizer === "none") return authorizer;
  try {
    return JSON.parse(authorizer) as EdgeConfigInput["authorizer"];
  } catch {
    throw invalidArguments(name, ["authorizer: expected none, or JSON"]); // without the cause, which quotes the text
  }
}
