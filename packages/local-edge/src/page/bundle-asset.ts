import { build } from "esbuild";

/**
 * Bundles a browser script or a style sheet and what it imports into one file.
 *
 * @param entry  path of the script or style sheet
 */
export async function bundleAsset(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["source"], // in the workspace, where the client may not have been built; elsewhere it has no such export
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
