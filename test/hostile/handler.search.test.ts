import { describeHandler } from "./handler-suite.ts";

describeHandler(20_000, "at-issue");
describeHandler(20_000, "at-use");
