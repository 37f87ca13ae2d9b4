import type { runBundler } from "../src/run-bundler.ts";

/**
 * Makes a bundler that bundles for the first stack, and hands what it made to the others.
 *
 * For `vi.mock`: the bundles do not depend on the arguments, and each takes a second or more.
 */
export function bundleOnce(bundler: { readonly runBundler: typeof runBundler }): typeof bundler {
  let bundles: ReturnType<typeof runBundler> | undefined;
  return { runBundler: (...args) => (bundles ??= bundler.runBundler(...args)) };
}
