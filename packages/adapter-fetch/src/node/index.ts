export { createNodeListener, NODE_SERVER_OPTIONS } from "./node-listener.ts";
