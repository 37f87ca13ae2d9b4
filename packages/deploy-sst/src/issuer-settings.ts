import { invalidArguments } from "./deploy-error.ts";
import { namedKeys, type SettingsTexts } from "./edge-settings.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** What `createEdgeIssuer` needs: the settings of verify, which have no authorizer, and where the edge is. */
export interface IssuerSettings {
  readonly keys: readonly { readonly id: string }[];
  readonly baseUrl: string;
}

/**
 * The settings of an issuer, with all edge keys or with one.
 *
 * @param baseUrl  of the edge
 * @param keyId    of the only key; default: all
 */
export function issuerSettings({ verify }: SettingsTexts, baseUrl: string, keyId?: string): IssuerSettings {
  const { keys, ...settings } = JSON.parse(verify) as IssuerSettings;
  return { ...settings, keys: keys.filter(({ id }) => keyId === undefined || id === keyId), baseUrl };
}

/**
 * Refuses the name of an edge key that the stack does not have.
 *
 * @throws {DeployError} `ARGUMENT_INVALID`: names those that it has
 */
export function requireEdgeKey(name: string, { edgeKeys }: SingleUseUploadsArgs, keyId: string): void {
  const ids = namedKeys(edgeKeys).map(({ id }) => id);
  if (!ids.includes(keyId)) throw invalidArguments(name, [`issuerSettingsOf: expected one of ${ids.join(", ")}`]);
}
