import { z } from 'zod';
import {
  changedFileError,
  CHECKSUMS_FILE,
  encodeChecksums,
  missingFileError,
  parseChecksums,
} from '../../../../src/run/checksum-list.ts';
import { digest } from '../../../../src/run/digest.ts';
import { encodeRunRecord, parseRunRecord } from '../../../../src/run/run-record.ts';
import type { RunRecord } from '../../../../src/run/run-record.ts';
import { EngineProblem } from '../engine-problem.ts';
import { findFolder, readBytes, readText, removeIfThere, replaceFile } from '../opfs/opfs-files.ts';
import type { RunId } from '../run-summary.ts';

/** Where a run keeps a text of its own. */
export const TEXT_FILE = 'text.txt';

/** What the lab alone knows of a run; does not leave this browser. */
export interface LabNote {
  /** Name to show. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Name of the text. */
  readonly textName: string;
}

/** Where the {@link LabNote} is. */
export const NOTE_FILE = 'lab.json';
const noteSchema: z.ZodType<LabNote> = z.object({
  name: z.string(),
  createdAt: z.number(),
  textName: z.string(),
});

/** A run in this browser. */
export interface StoredRun {
  readonly id: RunId;
  readonly folder: FileSystemDirectoryHandle;
  readonly record: RunRecord;
  readonly note: LabNote;
}

/**
 * Returns the folder that holds all runs.
 *
 * @throws EngineProblem `no-storage` when the browser lets the page keep no files
 */
export async function runsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle('runs', { create: true });
  } catch (error) {
    throw new EngineProblem(
      'no-storage',
      `the browser lets this page keep no files (${(error as Error).message}); leave private browsing, or allow this site to store data`,
    );
  }
}

/** The names of all run folders; some may be unfinished. */
export async function runIds(): Promise<RunId[]> {
  const ids: RunId[] = [];
  for await (const [name, handle] of (await runsFolder()).entries()) {
    if (handle.kind === 'directory') ids.push(name);
  }
  return ids;
}

/** What {@link createStoredRun} writes down. */
export interface NewStoredRun {
  readonly id: RunId;
  readonly record: RunRecord;
  readonly note: LabNote;
  /** Files that never change, such as `tokenizer.json`, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Makes the folder of a run. `config.json`, which makes it a run, comes last.
 *
 * @throws DOMException when the browser refuses; then nothing is left behind
 */
export async function createStoredRun({ id, record, note, files }: NewStoredRun): Promise<StoredRun> {
  const parent = await runsFolder();
  const folder = await parent.getDirectoryHandle(id, { create: true });
  const contents = { ...files, 'config.json': encodeRunRecord(record) };
  try {
    const checksums = await Promise.all(
      Object.entries(contents).map(async ([name, content]) => ({
        name,
        sha256: await digest(new TextEncoder().encode(content)),
      })),
    );
    await replaceFile(folder, NOTE_FILE, JSON.stringify(note));
    await replaceFile(folder, CHECKSUMS_FILE, encodeChecksums(checksums));
    for (const [name, content] of Object.entries(contents)) await replaceFile(folder, name, content);
  } catch (error) {
    await removeIfThere(parent, id);
    throw error;
  }
  return { id, folder, record, note };
}

/**
 * Finds a run, without a look at its checksums.
 *
 * @returns undefined when there is no such run, or only what a crash left of one
 * @throws EngineProblem `damaged` when its `config.json` cannot be read
 */
export async function findStoredRun(id: RunId): Promise<StoredRun | undefined> {
  const folder = await findFolder(await runsFolder(), id);
  const text = folder && (await readText(folder, 'config.json'));
  if (folder === undefined || text === undefined) return undefined;
  const note = await readNote(folder, id);
  return damagedUnless(() => {
    const record = parseRunRecord(text, note.name, `${note.name}/config.json`);
    return { id, folder, record, note };
  });
}

/** Returns what the lab calls a run, of which nothing else need be readable; undefined when there is none. */
export async function findRunName(id: RunId): Promise<string | undefined> {
  const folder = await findFolder(await runsFolder(), id);
  return folder && (await readNote(folder, id)).name;
}

/**
 * Opens a run that must be there, and checks the files that never change.
 *
 * @throws EngineProblem `damaged` when there is none, or a file of it is missing, torn or changed
 */
export async function requireStoredRun(id: RunId): Promise<StoredRun> {
  const run = await findStoredRun(id);
  if (run === undefined) {
    throw new EngineProblem('damaged', `there is no run ${id} in this browser; it may have been deleted`);
  }
  await damagedUnless(() => verifyChecksums(run));
  return run;
}

/** Runs `body`; what it throws is damage. */
async function damagedUnless<Result>(body: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    throw new EngineProblem('damaged', (error as Error).message);
  }
}

/** Writes down another name, or another text. */
export async function writeNote(run: StoredRun, changes: Partial<LabNote>): Promise<StoredRun> {
  const note = { ...run.note, ...changes };
  await replaceFile(run.folder, NOTE_FILE, JSON.stringify(note));
  return { ...run, note };
}

/** Deletes a run, its `config.json` first: what a crash leaves of it is no run. */
export async function deleteStoredRun(id: RunId): Promise<void> {
  const parent = await runsFolder();
  const folder = await findFolder(parent, id);
  if (folder === undefined) return;
  await removeIfThere(folder, 'config.json');
  await removeIfThere(parent, id);
}

/** The note is the lab's own: a run without one, or with a torn one, is still a run. */
async function readNote(folder: FileSystemDirectoryHandle, id: RunId): Promise<LabNote> {
  try {
    return noteSchema.parse(JSON.parse((await readText(folder, NOTE_FILE)) ?? ''));
  } catch {
    return { name: id, createdAt: 0, textName: '' };
  }
}

/**
 * Checks the files of a run against its checksums. Runs of versions that wrote none pass.
 *
 * @throws Error naming the file that is missing, torn or changed
 */
async function verifyChecksums({ folder, note: { name: run } }: StoredRun): Promise<void> {
  const list = await readText(folder, CHECKSUMS_FILE);
  if (list === undefined) return;
  const path = `${run}/${CHECKSUMS_FILE}`;
  for (const { name, sha256 } of parseChecksums(list, path)) {
    const bytes = await readBytes(folder, name);
    if (bytes === undefined) throw missingFileError(`${run}/${name}`);
    if ((await digest(bytes)) !== sha256) throw changedFileError(`${run}/${name}`, path);
  }
}
