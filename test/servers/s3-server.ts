/** Where a running S3 server is and how to sign for it: what every starter in this folder hands back. */
export interface S3Server {
  /** Root URL of the API, without a trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Buckets are named in the path: in the host, they would need names that resolve to 127.0.0.1. */
  readonly forcePathStyle: true;
  /** Stops the server and throws away what it stored; resolves when its processes are gone. */
  stop(): Promise<void>;
}

/** The example pair of the AWS documentation, so that it is clearly no secret. */
export const exampleCredentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" } as const;
