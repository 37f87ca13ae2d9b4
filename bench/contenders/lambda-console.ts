import { closeSync, openSync, writeSync } from "node:fs";
import { devNull } from "node:os";
import { format } from "node:util";

/**
 * Lets `console.log` write as it does in Lambda, formatted and at once, but to nowhere: a log line is part of what a
 * function costs, and a terminal is not.
 *
 * @returns gives the console back
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export function silenceConsole(): () => void {
  const { log } = console;
  const nowhere = openSync(devNull, "w");
  console.log = (...words: unknown[]) => void writeSync(nowhere, `${format(...words)}\n`);
  return () => {
    console.log = log;
    closeSync(nowhere);
  };
}
