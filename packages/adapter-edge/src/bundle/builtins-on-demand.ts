import type { Plugin } from "esbuild";

const NAMESPACE = "builtin";

/**
 * Takes Node's own modules without a namespace: importing one as ECMAScript does reads every one of its exports, also those
 * that load more when they are first read, such as `http.WebSocket` or `fs.promises`.
 */
export const builtinsOnDemand: Plugin = {
  name: "builtins-on-demand",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: NAMESPACE }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** Whether an input of a bundle is a file, and not one of Node's own modules. */
export function isFile(input: string): boolean {
  return !input.startsWith(`${NAMESPACE}:`);
}
