export {
  checkOperatorConfig,
  type OperatorConfig,
  type OperatorConfigInput,
  parseOperatorConfig,
} from "./operator-config.ts";
export { type ConfigFault, parseJson, whyUnreadable } from "./read-config.ts";
export { indexScope } from "./verify-config.ts";
