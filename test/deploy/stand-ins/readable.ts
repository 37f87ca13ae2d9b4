/** How Pulumi's library tells its own values; of whichever copy of it made them. */
export interface PulumiAssets {
  readonly asset: { readonly Archive: Guard; readonly Asset: Guard };
}

interface Guard {
  isInstance(value: unknown): boolean;
}

/** What marks a secret between Pulumi's program and its engine. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Whether a value is a secret, as a program hands it to the engine. */
export function isSecret(value: unknown): value is { readonly value: unknown } {
  return typeof value === "object" && value !== null && Object.values(value).includes(SECRET);
}

/** Turns archives and assets into what they hold, and secrets into what they hide, to be written down and compared. */
export async function readable(pulumi: PulumiAssets, value: unknown): Promise<unknown> {
  if (pulumi.asset.Archive.isInstance(value)) {
    const { assets, path } = value as { assets?: Promise<unknown>; path?: Promise<string> };
    return assets === undefined ? { archiveAt: await path } : { archive: await readable(pulumi, await assets) };
  }
  if (pulumi.asset.Asset.isInstance(value)) {
    const { path, text } = value as { path?: Promise<string>; text?: Promise<string> };
    return path === undefined ? { text: await text } : { path: await path };
  }
  if (Array.isArray(value)) return Promise.all(value.map((part) => readable(pulumi, part)));
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return readable(pulumi, value.value);
  const entries = Object.entries(value).map(async ([key, part]) => [key, await readable(pulumi, part)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
