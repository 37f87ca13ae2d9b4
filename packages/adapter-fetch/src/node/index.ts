export {
  createNodeListener,
  NODE_SERVER_OPTIONS,
  type NodeListenerOptions,
  type NodeRequest,
  type NodeResponse,
} from "./node-listener.ts";
