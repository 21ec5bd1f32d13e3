import type { SourceFile } from '../documents/source-file.ts';
import { documentHash } from './document-hash.ts';
import { findCut } from './find-cut.ts';
import type { DatasetSettings } from './manifest.ts';
import { splitDocuments, type SplitRule } from './split-documents.ts';
import { createTextSample } from './text-sample.ts';

/** What is known of a source after reading it once. */
export interface SurveyedSource {
  readonly name: string;
  readonly format: SourceFile['format'];
  readonly bytes: number;
  /** When it was changed last, to see whether it is still the same. */
  readonly modified: number;
  readonly sha256: string;
  /** Documents that are not empty. */
  readonly documents: number;
  /** Pieces in which they are read. */
  readonly pieces: number;
}

/** What a first reading of all sources found. */
export interface Survey {
  readonly sources: readonly SurveyedSource[];
  readonly rule: SplitRule;
  /** Texts of the training part to train a vocabulary on, in UTF-8. */
  readonly sample: readonly Uint8Array<ArrayBuffer>[];
}

/** Options of {@link surveySources}. */
export interface SurveyOptions {
  readonly settings: DatasetSettings;
  /** Called with the bytes of the sources read since the last call. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads all sources once, so that whatever is wrong with one shows before anything is written: hashes them, counts
 * their documents, settles which are for validation, and takes a sample of the others.
 *
 * A single text is cut near its end; documents are dealt out by what they say. Where the fraction of a few documents
 * gives one part none, the document with the smallest, or largest, number goes there.
 *
 * @throws Error naming what cannot be read, or when there are fewer than two documents to deal out.
 */
export async function surveySources(
  files: readonly SourceFile[],
  { settings, onBytes, signal }: SurveyOptions,
): Promise<Survey> {
  const { validationFraction, splitSeed } = settings;
  const only = files.length === 1 && files[0]!.format === 'text' ? files[0]! : undefined;
  const rule: SplitRule =
    only === undefined
      ? { threshold: validationFraction, cutAt: null }
      : { threshold: 0, cutAt: await findCut(only, validationFraction) };
  const sample = createTextSample();
  const sources: SurveyedSource[] = [];
  let [least, most, below, documentsInAll] = [1, 0, 0, 0];
  for (const file of files) {
    let sha256 = '';
    const watch = {
      onBytes,
      onHash: (hash: string) => {
        sha256 = hash;
      },
    };
    let [documents, pieces] = [0, 0];
    for await (const { text, first, split } of splitDocuments(file, settings, rule, watch)) {
      signal.throwIfAborted();
      const hash = documentHash(text, splitSeed);
      if (first) {
        documents++;
        least = Math.min(least, hash.split);
        most = Math.max(most, hash.split);
        if (hash.split < validationFraction) below++;
      }
      if (split === 'train') sample.offer(text, hash.sample);
      pieces++;
    }
    const { name, format, bytes, modified } = file;
    sources.push({ name, format, bytes, modified, sha256, documents, pieces });
    documentsInAll += documents;
  }
  if (only !== undefined) return { sources, rule, sample: sample.texts() };
  if (documentsInAll < 2 || least === most) {
    throw new Error(
      `tokenizeDataset: there must be at least 2 different documents, one to train on and one to validate on, but there ${documentsInAll === 1 ? 'is 1' : `are ${documentsInAll}`}`,
    );
  }
  if (below > 0 && below < documentsInAll) return { sources, rule, sample: sample.texts() };
  const moved: SplitRule = { threshold: below === 0 ? justAbove(least) : most, cutAt: null };
  return { sources, rule: moved, sample: await sampleAgain(files, settings, moved) };
}

/** So few documents that the threshold had to move fit a second reading. */
async function sampleAgain(
  files: readonly SourceFile[],
  settings: DatasetSettings,
  rule: SplitRule,
): Promise<Survey['sample']> {
  const sample = createTextSample();
  for (const file of files) {
    for await (const { text, split } of splitDocuments(file, settings, rule)) {
      if (split === 'train') sample.offer(text, documentHash(text, settings.splitSeed).sample);
    }
  }
  return sample.texts();
}

/** The smallest threshold that a document's number lies below. */
function justAbove(number: number): number {
  return number + 2 ** -48;
}
