/**
 * The package that a source file belongs to.
 *
 * @param path  as bundlers write it, relative to the workspace or absolute; pnpm's store has the name twice, the last counts
 */
export function packageOf(path: string): string {
  const installed = path.split("node_modules/").at(-1);
  if (installed !== undefined && installed !== path) {
    const [first = "", second = ""] = installed.split("/");
    return first.startsWith("@") ? `${first}/${second}` : first;
  }
  const own = /(?:^|\/)packages\/([\w-]+)\//.exec(path)?.[1];
  return own === undefined ? path : `@presign-once/${own}`;
}
