/**
 * The URL of a module next to another one, to run it in a separate thread or process.
 *
 * Imports are rewritten from `.ts` to `.js` when the package is built; a URL is not, so it takes after its neighbour.
 */
export function siblingModule(name: string, neighbourUrl: string): URL {
  return new URL(`./${name}${neighbourUrl.endsWith(".ts") ? ".ts" : ".js"}`, neighbourUrl);
}
