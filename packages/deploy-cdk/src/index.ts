export { SingleUseUploads } from "./single-use-uploads.ts";
export type { EdgeKey, SingleUseUploadsProps } from "./single-use-uploads-props.ts";
