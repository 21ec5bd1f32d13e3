import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { isDataset, readManifest } from '../data/dataset/manifest.ts';
import { defaultText } from '../data/default-text.ts';
import { isHubName } from '../data/hub/hub-name.ts';

/**
 * Returns what identifies a run's data: the SHA-256 of a file, of the built-in text or of a dataset's manifest, in hex, or
 * the name on the hub.
 *
 * @throws Error when the file cannot be read, or `data` is a folder of documents, which runs could not be sure to share.
 */
export async function dataIdentity(data: string | null): Promise<string> {
  if (data === null) return createHash('sha256').update(defaultText().text).digest('hex');
  if (isHubName(data)) return data;
  const stats = statSync(data, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return fileSha256(data);
  if (isDataset(data)) return readManifest(data).sha256;
  throw new Error(
    `planSweep: data must be a file, a dataset or hf:owner/name, but ${data} is a folder of documents; make a dataset of it with nibble tokenize`,
  );
}

/**
 * Returns the SHA-256 of a file, in hex.
 *
 * @throws Error when it cannot be read.
 */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw new Error(
      `planSweep: ${path} must be a file that can be read, but the system says ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  return hash.digest('hex');
}
