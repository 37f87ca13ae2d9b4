import {
  createLeanIndexS3,
  createS3Client,
  createSdkIndexS3,
  type IndexS3,
  type S3Access,
} from "@presign-once/adapter-s3";

/** Opens one way to S3, with connections of its own. */
type Open = (access: S3Access) => { readonly s3: IndexS3; close(): void };

/** Every way to S3 that an index has, by name. */
export const transports = {
  sdk(access) {
    const client = createS3Client(access);
    return { s3: createSdkIndexS3(client), close: () => client.destroy() };
  },
  lean: (access) => ({ s3: createLeanIndexS3(access), close() {} }),
} satisfies Record<string, Open>;

/** The name of a way to S3. */
export type TransportName = keyof typeof transports;

/** Their names. */
export const transportNames = Object.keys(transports) as TransportName[];
