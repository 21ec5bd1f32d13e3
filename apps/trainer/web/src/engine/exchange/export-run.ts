import { memorySource, openSafetensors } from '@nibble-ml/llama';
import { importedFileNames } from '../../../../src/hugging-face/imported-file-names.ts';
import type { StoredModel } from '../../../../src/run/stored-model.ts';
import { EngineProblem } from '../engine-problem.ts';
import { checkpointSteps, readWeights } from '../opfs/opfs-checkpoints.ts';
import { filesBelow, readText } from '../opfs/opfs-files.ts';
import type { ExportedFile, ExportRun } from '../protocol.ts';
import { NOTE_FILE } from '../runs/stored-run.ts';
import type { StoredRun } from '../runs/stored-run.ts';
import { fileNameOf } from './file-name.ts';
import { zipFiles } from './zip-files.ts';
import type { ZipEntry } from './zip-files.ts';

/** Bytes of a file in memory at once. */
const PART = 2 ** 22;

/**
 * Makes a file of a run to save: of its newest checkpoint, or the whole folder.
 *
 * @throws EngineProblem `settings` when there is no checkpoint yet, or the type cannot hold the model
 */
export async function exportRun(run: StoredRun, request: ExportRun): Promise<ExportedFile> {
  const base = fileNameOf(run.note.name);
  if (request.format === 'run-folder') {
    return { fileName: `${base}.zip`, blob: await zipFiles(folderEntries(run, base)), notes: [] };
  }
  const model = await storedModel(run);
  try {
    if (request.format === 'safetensors') {
      const { huggingFaceFiles } = await import('../../../../src/hugging-face/hugging-face-files.ts');
      const { texts, shards } = huggingFaceFiles(model);
      const entries: ZipEntry[] = [
        ...Object.entries(texts).map(([name, text]) => ({
          path: `${base}/${name}`,
          parts: [new TextEncoder().encode(text)],
        })),
        ...shards.map(({ name, chunks }) => ({ path: `${base}/${name}`, parts: chunks })),
      ];
      return { fileName: `${base}-hugging-face.zip`, blob: await zipFiles(entries), notes: [] };
    }
    const { storedModelGguf } = await import('../../../../src/gguf/stored-model-gguf.ts');
    const { chunks, notes } = storedModelGguf(model, request);
    const blob = new Blob([...chunks] as Uint8Array<ArrayBuffer>[]);
    return { fileName: `${base}-${request.type.toLowerCase()}.gguf`, blob, notes };
  } catch (error) {
    if (error instanceof RangeError) throw new EngineProblem('settings', error.message);
    throw error;
  }
}

async function* folderEntries({ folder }: StoredRun, base: string): AsyncGenerator<ZipEntry> {
  for (const { path, handle } of await filesBelow(folder)) {
    if (path === NOTE_FILE) continue;
    yield { path: `${base}/${path}`, parts: partsOf(await handle.getFile()) };
  }
}

async function* partsOf(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PART) {
    yield new Uint8Array(await file.slice(at, at + PART).arrayBuffer());
  }
}

async function storedModel({ folder, record, note }: StoredRun): Promise<StoredModel> {
  const step = (await checkpointSteps(folder)).at(-1);
  if (step === undefined) {
    throw new EngineProblem('settings', `${note.name} has no checkpoint yet; pause it, which writes one`);
  }
  const files: Record<string, string> = {};
  for (const name of importedFileNames) {
    const text = await readText(folder, name);
    if (text !== undefined) files[name] = text;
  }
  const weights = await readWeights(folder, step, note.name);
  return {
    record,
    tokenizerJson: (await readText(folder, 'tokenizer.json')) ?? '',
    files,
    step,
    weights: openSafetensors(memorySource('model.safetensors', weights)),
  };
}
