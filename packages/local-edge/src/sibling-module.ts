/**
 * The URL of a module beside another one, to be run in a thread or process of its own.
 *
 * Imports are rewritten from `.ts` to `.js` when the package is built; a URL is not, so it takes after its neighbour.
 */
export function siblingModule(name: string, neighbourUrl: string): URL {
  return new URL(`./${name}${neighbourUrl.endsWith(".ts") ? ".ts" : ".js"}`, neighbourUrl);
}
