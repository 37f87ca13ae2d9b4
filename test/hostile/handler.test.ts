import { describeHandler } from "./handler-suite.ts";

describeHandler(100, "at-issue");
describeHandler(100, "at-use");
