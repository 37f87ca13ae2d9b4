export type { DownloadAsked, UploadAsked } from "./asked.ts";
export { createEdgeIssuer, type EdgeIssuer, type EdgeIssuerOptions } from "./edge-issuer.ts";
export type { OperatorConfigInput as EdgeIssuerSettings } from "@presign-once/settings";
