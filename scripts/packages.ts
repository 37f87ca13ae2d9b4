import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The folders of the workspace's packages, from its root, in alphabetical order. */
export async function packageFolders(): Promise<string[]> {
  const names = await readdir("packages");
  return names.toSorted().map((name) => join("packages", name));
}
