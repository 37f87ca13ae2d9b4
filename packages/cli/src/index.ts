export { type BearerToken, createBearerToken } from "./bearer-token.ts";
export { type CommandResult, runCommand } from "./run-command.ts";
