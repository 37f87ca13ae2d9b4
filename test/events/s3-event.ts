/** What an event says of an object. */
export interface EventObject {
  readonly key: string;
  readonly size: number;
  readonly eTag: string;
  readonly versionId?: string;
}

/**
 * An event of S3 about an object that was created, as AWS documents it.
 *
 * @param spell  how the key is encoded; default: as a field of a form, but for slashes
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function objectCreated(
  bucket: string,
  { key, ...object }: EventObject,
  spell: (key: string) => string = spellKey,
): { readonly Records: readonly object[] } {
  return {
    Records: [
      {
        eventVersion: "2.5",
        eventSource: "aws:s3",
        awsRegion: "eu-west-1",
        eventTime: new Date().toISOString(),
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: "AWS:AROAEXAMPLE:us-east-1.Issue" },
        requestParameters: { sourceIPAddress: "192.0.2.1" },
        responseElements: { "x-amz-request-id": "EXAMPLE", "x-amz-id-2": "EXAMPLE" },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "UploadEvents",
          bucket: { name: bucket, ownerIdentity: { principalId: "AEXAMPLE" }, arn: `arn:aws:s3:::${bucket}` },
          object: { key: spell(key), ...object, sequencer: "0055AED6DCD90281E5" },
        },
      },
    ],
  };
}

/** Form encoding: `red flower.jpg` is `red+flower.jpg`. */
export function spellWhole(key: string): string {
  return new URLSearchParams({ key }).toString().slice("key=".length);
}

function spellKey(key: string): string {
  return spellWhole(key).replaceAll("%2F", "/");
}
