import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { downloadFile, type ListFileEntry } from '@huggingface/hub';
import { replaceFile } from '../../run/durable-file.ts';
import { makeFolder } from '../../run/make-folder.ts';

/** Options of {@link downloadHubFile}. */
export interface DownloadHubFileOptions {
  /** `owner/name` of the dataset. */
  readonly repo: string;
  readonly revision: string;
  /** What the hub's list says of the file. */
  readonly entry: ListFileEntry;
  /** Where the dataset's files are kept. */
  readonly folder: string;
  readonly access: { readonly hubUrl: string; readonly accessToken?: string };
  readonly signal: AbortSignal;
  /** Called with the bytes of this file that are there. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Downloads a file of a dataset under another name, checks it, and renames it. Beside it lies the checksum that it
 * had, so that a file that has not changed on the hub is not downloaded again.
 *
 * @returns bytes downloaded; 0 when the file was there
 * @throws Error when the file has another size or checksum than the hub said, or a name that leads elsewhere.
 */
export async function downloadHubFile(options: DownloadHubFileOptions): Promise<number> {
  const { repo, entry, folder, signal, onProgress } = options;
  const path = resolve(folder, entry.path);
  if (!path.startsWith(resolve(folder) + sep)) {
    throw new Error(
      `downloadHubFile: files of a dataset must lie in its folder, but the hub lists ${JSON.stringify(entry.path)}`,
    );
  }
  const identity = entry.lfs?.oid ?? entry.oid ?? '';
  const identityPath = join(dirname(path), `.${entry.path.split('/').at(-1)!}.oid`);
  if (sizeOf(path) === entry.size && textOf(identityPath) === identity) {
    onProgress(entry.size);
    return 0;
  }
  makeFolder(dirname(path));
  const partial = join(dirname(path), `.${entry.path.split('/').at(-1)!}.${identity.slice(0, 16)}.part`);
  const there = Math.min(sizeOf(partial) ?? 0, entry.size);
  const hash = identityHash(entry);
  if (there > 0) {
    for await (const chunk of createReadStream(partial, { end: there - 1 })) hash.update(chunk as Uint8Array);
  }
  let done = there;
  if (done < entry.size || entry.size === 0) {
    const file = openSync(partial, there > 0 ? 'r+' : 'w');
    try {
      for await (const chunk of chunksOf(options, there)) {
        signal.throwIfAborted();
        for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at, chunk.length - at, done + at);
        hash.update(chunk);
        done += chunk.length;
        onProgress(done);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
  const found = hash.digest('hex');
  if (done !== entry.size || (identity !== '' && found !== identity)) {
    // Cut off, it goes on from here; wrong, it can only be downloaded anew.
    if (done >= entry.size) rmSync(partial);
    throw new Error(
      done === entry.size
        ? `downloadHubFile: ${entry.path} of ${repo} must have the checksum ${identity}, but got ${found}; try again`
        : `downloadHubFile: ${entry.path} of ${repo} must have ${entry.size} bytes, but got ${done}; try again, what came is kept`,
    );
  }
  renameSync(partial, path);
  replaceFile(identityPath, identity);
  return done - there;
}

async function* chunksOf(
  { repo, revision, entry, access }: DownloadHubFileOptions,
  from: number,
): AsyncGenerator<Uint8Array> {
  if (entry.size === 0) return;
  const blob = await downloadFile({
    repo: { type: 'dataset', name: repo },
    // The library encodes the revision here, but not the path.
    revision,
    path: entry.path.split('/').map(encodeURIComponent).join('/'),
    ...access,
  });
  if (blob === null) {
    throw new Error(
      `downloadHubFile: ${entry.path} of ${repo} was listed by the hub, but it is gone; try again`,
    );
  }
  try {
    yield* blob.slice(from, entry.size).stream() as unknown as AsyncIterable<Uint8Array>;
  } catch (cause) {
    // The library throws a text where the hub answers with an error in the middle.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `downloadHubFile: the download of ${entry.path} of ${repo} was cut off (${reason}); try again, what came is kept`,
      { cause },
    );
  }
}

/** Large files have their SHA-256; small ones git's hash, the SHA-1 of a header and the content. */
function identityHash({ lfs, size }: ListFileEntry): Hash {
  return lfs === undefined ? createHash('sha1').update(`blob ${size}\0`) : createHash('sha256');
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function textOf(path: string): string | undefined {
  return sizeOf(path) === undefined ? undefined : readFileSync(path, 'utf8');
}
