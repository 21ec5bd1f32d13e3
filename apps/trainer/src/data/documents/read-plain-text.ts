import { byteStream, type ReadWatch } from './byte-stream.ts';
import type { SourceFile } from './source-file.ts';
import { createPieceCutter, type TextPiece } from './text-piece.ts';
import { createUtf8Stream } from './utf8-stream.ts';

/**
 * Reads a text file as one document or, cut at a byte, as two.
 *
 * @param source - The file.
 * @param cutAt - Where the second document begins, in bytes of the unpacked file; the beginning of a character.
 * @param watch - Is told how reading goes on.
 * @throws Error naming the file, and the offset of what is not UTF-8 text.
 */
export async function* readPlainText(
  source: SourceFile,
  cutAt: number | undefined,
  watch?: ReadWatch,
): AsyncGenerator<TextPiece> {
  const decoder = createUtf8Stream(source.name);
  let cutter = createPieceCutter();
  let offset = 0;
  for await (const chunk of byteStream(source, watch)) {
    const cut = cutAt === undefined ? -1 : cutAt - offset;
    offset += chunk.length;
    if (cut < 0 || cut >= chunk.length) {
      yield* cutter.push(decoder.push(chunk));
      continue;
    }
    yield* cutter.push(decoder.push(chunk.subarray(0, cut)));
    yield* cutter.end();
    cutter = createPieceCutter();
    yield* cutter.push(decoder.push(chunk.subarray(cut)));
  }
  decoder.end();
  yield* cutter.end();
}
