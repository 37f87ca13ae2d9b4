import { build } from "esbuild";

/**
 * Bundles a browser script and what it imports into one module.
 *
 * @param entry  path of the script
 */
export async function bundleScript(entry: string): Promise<Uint8Array> {
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
