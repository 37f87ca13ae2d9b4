import { describeRawRequests } from "./raw-suite.ts";

describeRawRequests({ random: 1_500 });
