/** What S3 answers when it does not do what it was asked. */
export class StoreError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** An object, or one version of it. */
export interface StoredObject {
  readonly body: Buffer;
  /** In its quotes. */
  readonly etag: string;
  readonly versionId?: string | undefined;
}

/** Conditions of a write. */
export interface PutConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** Where the stand-in for S3 keeps objects; every operation may throw a {@link StoreError}. */
export interface ObjectStore {
  put(bucket: string, key: string, body: Buffer, conditions: PutConditions): Promise<StoredObject>;
  get(bucket: string, key: string, versionId?: string): Promise<StoredObject>;
  /** Versions of the keys that begin with a prefix, newest first. */
  versions(bucket: string, prefix: string): Promise<readonly (StoredObject & { readonly key: string })[]>;
  isVersioned(bucket: string): Promise<boolean>;
  /** ARN of the KMS key of a bucket; `undefined` for S3's own keys. */
  kmsKeyOf?(bucket: string): string | undefined;
}
