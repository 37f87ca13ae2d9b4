/** One request, as the simulated S3 understands it. `by` is the name of who sent it. */
export type S3Request = { readonly by: string } & (
  | {
      readonly op: "PUT";
      readonly key: string;
      readonly body: string;
      readonly ifMatch?: string | undefined;
      readonly ifNoneMatch?: string | undefined;
    }
  | { readonly op: "GET"; readonly key: string; readonly versionId?: string | undefined }
  | { readonly op: "HEAD"; readonly key: string }
  | { readonly op: "DELETE"; readonly key: string }
  | { readonly op: "LIST"; readonly key: string; readonly after?: string | undefined }
  | { readonly op: "VERSIONING" }
);

/** A version as an answer shows it. */
export interface ShownVersion {
  readonly key: string;
  readonly id: string;
  readonly etag: string;
}

/** What came back. `status` is undefined when no whole answer did. */
export type S3Answer =
  | {
      readonly status: 200;
      readonly version?: ShownVersion;
      readonly body?: string;
      readonly versions?: readonly ShownVersion[];
      readonly markers?: readonly ShownVersion[];
      readonly more?: boolean;
      readonly encrypted?: true;
    }
  | { readonly status: 404 | 409 | 412 | 500 | 503; readonly code: string; readonly attempts?: 2 }
  | { readonly status: undefined; readonly code: "ECONNRESET" | "TimeoutError" };
