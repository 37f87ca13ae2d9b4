/**
 * Finds the source file of a line of a bundle that was not minified: esbuild writes each module's path above it.
 *
 * @returns for a line, counted from 0, the path; `undefined` before the first module
 */
export function readModules(bundle: string): (line: number) => string | undefined {
  let current: string | undefined;
  const paths = bundle.split("\n").map((text) => {
    current = /^\/\/ ([^ :]+\.[cm]?[jt]s)$/.exec(text)?.[1] ?? current;
    return current;
  });
  return (line) => paths[line];
}
