import { strFromU8, unzipSync } from 'fflate';
import { CHECKSUMS_FILE } from '../../../../src/run/checksum-list.ts';
import { checkpointFiles } from '../../../../src/run/checkpoint-manifest.ts';
import { importedFileNames } from '../../../../src/hugging-face/imported-file-names.ts';
import { parseRunRecord } from '../../../../src/run/run-record.ts';
import { EngineProblem } from '../engine-problem.ts';
import { checkpointSteps, readCheckpoint } from '../opfs/opfs-checkpoints.ts';
import { removeIfThere, replaceFile } from '../opfs/opfs-files.ts';
import { METRICS_FILE } from '../opfs/opfs-storage.ts';
import type { RunId } from '../run-summary.ts';
import { DEFAULT_TEXT_NAME } from '../train/lab-text.ts';
import { NOTE_FILE, requireStoredRun, runsFolder, TEXT_FILE } from '../runs/stored-run.ts';
import type { LabNote, StoredRun } from '../runs/stored-run.ts';

/** What a run folder may have at its top; the rest of a zip is passed over. */
const TOP_FILES = new Set([
  'config.json',
  'tokenizer.json',
  CHECKSUMS_FILE,
  METRICS_FILE,
  TEXT_FILE,
  'report.html',
  ...importedFileNames,
]);
const CHECKPOINT_FILE = new RegExp(
  `^checkpoints/step-\\d{6,}/(${['manifest.json', ...checkpointFiles].map((name) => name.replace('.', '\\.')).join('|')})$`,
);
const EVENTS_FILE = /^events\.out\.tfevents\.\d+\.[\w.-]+$/;

/**
 * Takes a run folder in a zip into this browser.
 *
 * @param id - Of the new run.
 * @throws EngineProblem `damaged` when it is no zip of a run, or a file in it is torn or changed; `settings` when it was not
 *   trained but imported into Node; nothing is left behind then
 */
export async function importRun(zip: Blob, id: RunId): Promise<StoredRun> {
  const bytes = new Uint8Array(await zip.arrayBuffer());
  const names = namesIn(bytes);
  const config = names
    .filter((name) => name === 'config.json' || name.endsWith('/config.json'))
    .toSorted((a, b) => a.length - b.length)[0];
  if (config === undefined) {
    throw new EngineProblem(
      'damaged',
      'the zip must hold the folder of a run, but it has no config.json; zip the folder that nibble train printed',
    );
  }
  const prefix = config.slice(0, -'config.json'.length);
  const read = (name: string): Uint8Array => readFrom(bytes, prefix + name);
  const note = noteOf(prefix, strFromU8(read('config.json')));
  const parent = await runsFolder();
  const folder = await parent.getDirectoryHandle(id, { create: true });
  try {
    await replaceFile(folder, NOTE_FILE, JSON.stringify(note));
    const wanted = names
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .filter((name) => TOP_FILES.has(name) || CHECKPOINT_FILE.test(name) || EVENTS_FILE.test(name));
    // Manifests make checkpoints, and config.json makes the run: they come last.
    for (const name of wanted.toSorted((a, b) => rank(a) - rank(b))) await put(folder, name, read(name));
    const run = await requireStoredRun(id);
    for (const step of (await checkpointSteps(folder)).slice(-1)) {
      await readCheckpoint(folder, step, `${note.name}/checkpoints`);
    }
    return run;
  } catch (error) {
    await removeIfThere(parent, id);
    throw error;
  }
}

function rank(name: string): number {
  return name === 'config.json' ? 2 : name.endsWith('/manifest.json') ? 1 : 0;
}

async function put(run: FileSystemDirectoryHandle, path: string, bytes: Uint8Array): Promise<void> {
  const parts = path.split('/');
  let folder = run;
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
  await replaceFile(folder, parts.at(-1)!, bytes);
}

/** What the lab calls the run: as its folder in the zip. */
function noteOf(prefix: string, configJson: string): LabNote {
  const name = prefix.split('/').at(-2) ?? 'imported run';
  let record;
  try {
    record = parseRunRecord(configJson, name, `${name}/config.json`);
  } catch (error) {
    throw new EngineProblem('damaged', (error as Error).message);
  }
  if (record.importedFrom !== undefined) {
    throw new EngineProblem(
      'settings',
      `${name} was imported from ${record.importedFrom} and not trained; train from it with nibble train --init, and import that run`,
    );
  }
  const { data } = record.config;
  const textName = data === null ? DEFAULT_TEXT_NAME : data.split(/[/\\]/).at(-1)!;
  return { name, createdAt: Date.now(), textName };
}

/** The names of all files in a zip. */
function namesIn(zip: Uint8Array): string[] {
  const names: string[] = [];
  unzip(zip, (name) => {
    if (!name.endsWith('/')) names.push(name);
    return false;
  });
  return names;
}

/** One file of a zip at a time is in memory. */
function readFrom(zip: Uint8Array, wanted: string): Uint8Array {
  const found = unzip(zip, (name) => name === wanted)[wanted];
  if (found === undefined)
    throw new EngineProblem('damaged', `the zip must hold ${wanted}, but it is missing`);
  return found;
}

function unzip(zip: Uint8Array, filter: (name: string) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(zip, { filter: ({ name }) => filter(name) });
  } catch (error) {
    throw new EngineProblem(
      'damaged',
      `the file must be a zip of a run's folder, but it cannot be read: ${(error as Error).message}`,
    );
  }
}
