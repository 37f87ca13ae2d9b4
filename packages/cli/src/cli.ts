#!/usr/bin/env node
import { colourVerdicts, hasColours } from "./colour.ts";
import { runCommand } from "./run-command.ts";

// The AWS SDK warns on standard error that versions to come need a later Node. Scripts read both streams, and Node is not theirs to choose.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const { exitCode, stdout, stderr } = await runCommand(process.argv.slice(2));
process.stdout.write(hasColours(process.stdout, process.env) ? colourVerdicts(stdout) : stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
