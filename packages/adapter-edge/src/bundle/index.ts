export { bundleEdge, type EdgeBundles } from "./bundle-edge.ts";
export { bundleFunctions, type FunctionBundles } from "./bundle-functions.ts";
export { zip } from "./zip.ts";
export { type EdgeArchives, zipEdge } from "./zip-edge.ts";
