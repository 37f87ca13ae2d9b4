export { bundleEdge, type EdgeBundles } from "./bundle-edge.ts";
export { bundleFunctions, type FunctionBundles } from "./bundle-functions.ts";
