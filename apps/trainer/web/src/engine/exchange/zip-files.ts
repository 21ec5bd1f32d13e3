import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

/** A file to put into a zip. */
export interface ZipEntry {
  /** With slashes. */
  readonly path: string;
  /** Its bytes, in parts that are made as they are asked for. */
  readonly parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** A zip can hold no more without an extension that not all programs read. */
const LARGEST = 2 ** 32 - 1;

/**
 * Makes a zip, file by file. Weights are stored, as they do not get smaller; everything else is deflated.
 *
 * @throws RangeError when a file, or all together, is 4 GiB or more
 */
export async function zipFiles(entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>): Promise<Blob> {
  let chunks: BlobPart[] = [];
  let blob = new Blob([]);
  let failure: Error | undefined;
  const zip = new Zip((error, chunk) => {
    if (error !== null) failure = error;
    else chunks.push(chunk as Uint8Array<ArrayBuffer>);
  });
  for await (const { path, parts } of entries) {
    const file = path.endsWith('.safetensors')
      ? new ZipPassThrough(path)
      : new ZipDeflate(path, { level: 6 });
    zip.add(file);
    for await (const part of parts) file.push(part);
    file.push(new Uint8Array(0), true);
    if (failure !== undefined) throw failure;
    // The browser may keep a Blob on disk; parts are in memory.
    blob = new Blob([blob, ...chunks]);
    chunks = [];
    if (blob.size > LARGEST) {
      throw new RangeError(
        'zipFiles: a zip holds up to 4 GiB, but there is more; export the weights instead',
      );
    }
  }
  zip.end();
  return new Blob([blob, ...chunks], { type: 'application/zip' });
}
