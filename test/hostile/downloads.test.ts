import { describeDownloadLinks } from "./download-suite.ts";

describeDownloadLinks(200);
