import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as zlib from 'node:zlib';
import type { SourceFile } from './source-file.ts';

const readBytes = 2 ** 18;

/** What is learnt while a file is read. */
export interface ReadWatch {
  /** Called with the bytes of the file that were read since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Called after the last byte with the SHA-256 of the file as it lies on disk, in hex. */
  readonly onHash?: (sha256: string) => void;
}

/**
 * Reads a file in chunks, decompressed, with constant memory.
 *
 * @throws Error naming the file when it cannot be read or decompressed.
 */
export async function* byteStream(source: SourceFile, watch: ReadWatch = {}): AsyncGenerator<Uint8Array> {
  const hash = watch.onHash && createHash('sha256');
  const file = createReadStream(source.path, { highWaterMark: readBytes });
  file.on('data', (chunk) => {
    hash?.update(chunk);
    watch.onBytes?.(chunk.length);
  });
  const unpack = decompressor(source);
  try {
    if (unpack === undefined) yield* file as AsyncIterable<Uint8Array>;
    else {
      file.on('error', (error) => unpack.destroy(error));
      yield* file.pipe(unpack) as AsyncIterable<Uint8Array>;
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(
      unpack === undefined || code?.startsWith('E')
        ? `readDocuments: ${source.name} must be readable, but the system says ${code ?? message}`
        : `readDocuments: ${source.name} must be whole ${source.compression} data, but unpacking says: ${message}`,
      { cause },
    );
  } finally {
    file.destroy();
    unpack?.destroy();
  }
  if (hash) watch.onHash!(hash.digest('hex'));
}

function decompressor({ compression, name }: SourceFile): zlib.Gunzip | undefined {
  if (compression === undefined) return undefined;
  if (compression === 'gzip') return zlib.createGunzip();
  // Zstandard came with Node 22.15; types know it in any version.
  if (typeof zlib.createZstdDecompress !== 'function') {
    throw new Error(
      `readDocuments: ${name} is compressed with Zstandard, which Node ${process.version} cannot read; use Node 22.15 or later, or unpack it with zstd -d`,
    );
  }
  return zlib.createZstdDecompress();
}
