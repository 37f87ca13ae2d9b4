export type { OperatorConfigInput } from "@presign-once/settings";
export type { UrlInspection, UrlRevocation } from "@presign-once/core/operator";

export { type BearerToken, createBearerToken } from "./bearer-token.ts";
export type { Surroundings } from "./command.ts";
export { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
export { openOperator, type Operator } from "./open-operator.ts";
export { type CommandResult, runCommand } from "./run-command.ts";
