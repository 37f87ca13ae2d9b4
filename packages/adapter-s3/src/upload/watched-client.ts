import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandOutput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

import { mayHaveLanded } from "../s3/s3-failure.ts";
import { withStatus } from "../sdk/tell-status.ts";

/** What an upload has asked of the store. */
export interface Progress {
  /** A multipart upload was asked for, and there may be one. */
  readonly creating: boolean;
  /** The multipart upload, once the store has named it. */
  readonly uploadId: string | undefined;
  /** The object itself was asked for: by a PUT, or by completing the parts. */
  readonly committing: boolean;
}

type Command = Parameters<S3Client["send"]>[0];

/**
 * Lets lib-storage work with a client, and sees what it asks for.
 *
 * @param onFailure  called at once for each failed request
 */
export function watchClient(
  s3: S3Client,
  onFailure: (cause: unknown) => void,
): { readonly client: S3Client; readonly progress: Progress } {
  const progress: { -readonly [K in keyof Progress]: Progress[K] } = {
    creating: false,
    uploadId: undefined,
    committing: false,
  };

  async function send(command: Command): Promise<unknown> {
    if (command instanceof CreateMultipartUploadCommand) progress.creating = true;
    if (command instanceof PutObjectCommand || command instanceof CompleteMultipartUploadCommand)
      progress.committing = true;
    try {
      const output = await s3.send(command);
      if (command instanceof CreateMultipartUploadCommand)
        progress.uploadId = (output as CreateMultipartUploadCommandOutput).UploadId;
      return output;
    } catch (cause) {
      if (command instanceof CreateMultipartUploadCommand) progress.creating = mayHaveLanded(cause);
      onFailure(cause);
      throw withStatus(cause);
    }
  }

  const client = Object.create(s3, { send: { value: send } }) as S3Client;
  return { client, progress };
}
