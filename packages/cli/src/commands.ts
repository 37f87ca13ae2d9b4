import type { Command } from "./command.ts";
import { token } from "./token.ts";

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [token];
