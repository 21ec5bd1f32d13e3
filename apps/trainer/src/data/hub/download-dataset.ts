import { join } from 'node:path';
import { HubApiError, listFiles, type ListFileEntry } from '@huggingface/hub';
import { findSources } from '../documents/find-sources.ts';
import { formatOf, sourceEndings, type SourceFile } from '../documents/source-file.ts';
import { cacheFolder } from './cache-folder.ts';
import { downloadHubFile } from './download-hub-file.ts';
import { parseHubName, type HubName } from './hub-name.ts';

/** Options of {@link downloadDataset}. */
export interface DownloadDatasetOptions {
  /** Where the hub is; default `HF_ENDPOINT`, else huggingface.co. */
  readonly hubUrl?: string | undefined;
  /** Lets private datasets be read; default `HF_TOKEN`. */
  readonly token?: string | undefined;
  /** Where files are kept. */
  readonly cache?: string | undefined;
  readonly note: (text: string) => void;
  /** Called with the bytes that are there, and all bytes. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Downloads the files of a dataset on the Hugging Face hub that can be read, unless they are there already and
 * unchanged. A download that was cut off goes on where it stopped; every file is checked against its checksum.
 *
 * @param name - `hf:owner/name[@revision][/path]`.
 * @returns the files, in the order of their names
 * @throws Error saying whether the dataset does not exist, needs a token, or the hub has failed.
 */
export async function downloadDataset(
  name: string,
  options: DownloadDatasetOptions,
): Promise<readonly SourceFile[]> {
  const { note, onProgress, signal } = options;
  const hubUrl = (options.hubUrl ?? process.env['HF_ENDPOINT'] ?? 'https://huggingface.co').replace(
    /\/+$/,
    '',
  );
  const token = options.token ?? process.env['HF_TOKEN'];
  const wanted = parseHubName(name);
  const access = { hubUrl, ...(token ? { accessToken: token } : {}) };
  const entries = await entriesOf(name, wanted, access);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  const folder = join(
    options.cache ?? cacheFolder(),
    'hub',
    wanted.repo.replace('/', '--'),
    encodeURIComponent(wanted.revision),
  );
  let done = 0;
  let downloaded = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    const before = done;
    downloaded += await downloadHubFile({
      repo: wanted.repo,
      revision: wanted.revision,
      entry,
      folder,
      access,
      signal,
      onProgress: (bytes) => onProgress?.(before + bytes, total),
    }).catch((error: unknown) => {
      throw explained(error, name, token);
    });
    done += entry.size;
  }
  note(
    downloaded === 0
      ? `${name} is in ${folder}, ${entries.length} files of ${megabytes(total)}, unchanged`
      : `downloaded ${megabytes(downloaded)} of ${name} to ${folder}`,
  );
  return entries.map(({ path }) => {
    const [file] = findSources([join(folder, path)]).files;
    return Object.assign(file!, { name: `${wanted.repo}/${path}` });
  });
}

async function entriesOf(
  name: string,
  { repo, revision, path }: HubName,
  access: { hubUrl: string; accessToken?: string },
): Promise<ListFileEntry[]> {
  const all: ListFileEntry[] = [];
  try {
    const repository = { type: 'dataset', name: repo } as const;
    // The whole tree: the hub lists folders, and a path may be a file.
    for await (const entry of listFiles({
      repo: repository,
      // The library puts it into the address as it is.
      revision: encodeURIComponent(revision),
      recursive: true,
      ...access,
    }))
      all.push(entry);
  } catch (error) {
    throw explained(error, name, access.accessToken);
  }
  const below = all.filter(
    (entry) =>
      entry.type === 'file' && (path === '' || entry.path === path || entry.path.startsWith(`${path}/`)),
  );
  const entries = below.filter((entry) => isReadable(entry.path));
  if (entries.length > 0) return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  throw new Error(
    path !== '' && below.length === 0
      ? `downloadDataset: ${name} must be a file or folder of the dataset, but there is no ${path} at ${revision}`
      : `downloadDataset: ${name} must have files that can be read (${sourceEndings}), but it has none`,
  );
}

/** Readable, and no note about the dataset such as its README. */
function isReadable(path: string): boolean {
  const { format } = formatOf(path);
  const [name] = path.split('/').slice(-1);
  return format !== undefined && !/^(readme|license|citation)\b/i.test(name!) && !name!.startsWith('.');
}

/** What a person can do about a failure of the hub. */
function explained(error: unknown, name: string, token: string | undefined): unknown {
  if (error instanceof HubApiError) {
    const { statusCode } = error;
    const advice =
      statusCode === 401 || statusCode === 403
        ? token
          ? 'the token in HF_TOKEN may not read it; accept its terms on its page, or use another token'
          : 'it is private, gated or misspelt; put a token that may read it into HF_TOKEN'
        : statusCode === 404
          ? 'there is no such dataset, revision or file; check the name'
          : 'the hub has failed; try again later, what is downloaded is kept';
    return new Error(`downloadDataset: ${name}: the hub answers ${statusCode}: ${advice}`, { cause: error });
  }
  if (error instanceof TypeError && /fetch failed/.test(error.message)) {
    const cause = (error.cause as Error | undefined)?.message ?? error.message;
    return new Error(
      `downloadDataset: ${name}: the hub cannot be reached (${cause}); check the connection, or HF_ENDPOINT`,
      { cause: error },
    );
  }
  return error;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
