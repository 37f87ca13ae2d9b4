export { createLocalEdge, type LocalEdge } from "./create-local-edge.ts";
export { LocalEdgeError, type LocalEdgeErrorCode } from "./local-edge-error.ts";
export { type Local, type LocalOptions, startLocal } from "./start-local.ts";
export { type LocalR2, startR2 } from "./start-r2.ts";
