import { describeHandler } from "./handler-suite.ts";

describeHandler(100);
