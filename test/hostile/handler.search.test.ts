import { describeHandler } from "./handler-suite.ts";

describeHandler(20_000);
