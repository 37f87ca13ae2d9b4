export { bundleEdge, type EdgeBundles } from "./bundle-edge.ts";
