import { statSync } from 'node:fs';
import { folderState } from './dataset/dataset-plan.ts';
import { isDataset } from './dataset/manifest.ts';
import { defaultText, type NamedText } from './default-text.ts';
import { findSources } from './documents/find-sources.ts';
import type { SourceFile } from './documents/source-file.ts';
import { downloadDataset, type DownloadDatasetOptions } from './hub/download-dataset.ts';
import { isHubName } from './hub/hub-name.ts';
import { readText } from './read-text.ts';

/** Bytes up to which a plain text is kept in memory, as one text, and no dataset is made of it. */
const wholeTextBytes: number = 2 ** 26;

/** What a run's data turned out to be. */
export type FoundData =
  | { readonly type: 'text'; readonly text: NamedText }
  | { readonly type: 'files'; readonly name: string; readonly files: readonly SourceFile[] }
  | { readonly type: 'dataset'; readonly dir: string };

/** Options of {@link findData}. */
export interface FindDataOptions extends Pick<DownloadDatasetOptions, 'note' | 'signal' | 'onProgress'> {
  /** Keeps a plain text in memory whatever its size, as runs did that were begun long ago. */
  readonly wholeText?: boolean;
}

/**
 * Finds out what a name means: a dataset's folder, a plain text of up to 64 MiB, other files and folders of
 * documents, or a dataset of the Hugging Face hub, which is downloaded.
 *
 * @param data - The name; `null` is the built-in text.
 * @throws Error naming what is missing or cannot be read.
 */
export async function findData(data: string | null, options: FindDataOptions): Promise<FoundData> {
  if (data === null) return { type: 'text', text: defaultText() };
  if (isHubName(data)) return { type: 'files', name: data, files: await downloadDataset(data, options) };
  if (statSync(data, { throwIfNoEntry: false })?.isDirectory() === true) {
    if (isDataset(data)) return { type: 'dataset', dir: data };
    if (folderState(data).type === 'begun') {
      throw new Error(
        `findData: ${data} must be a finished dataset, but nibble tokenize was interrupted; give the same command again to finish it`,
      );
    }
    const { files, leftOut } = findSources([data]);
    if (leftOut.length > 0) {
      options.note(
        `${data}: ${leftOut.length} other files are left out, such as ${leftOut.slice(0, 3).join(', ')}`,
      );
    }
    return { type: 'files', name: data, files };
  }
  const {
    files: [file],
  } = findSources([data]);
  const isText = file!.format === 'text' && file!.compression === undefined;
  if (isText && (file!.bytes <= wholeTextBytes || options.wholeText === true))
    return { type: 'text', text: readText(data) };
  return { type: 'files', name: data, files: [file!] };
}
