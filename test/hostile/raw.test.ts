import { describeRawRequests } from "./raw-suite.ts";

describeRawRequests({ random: 30 });
