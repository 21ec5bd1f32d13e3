import { CheckpointError } from '../../../../src/run/checkpoint-manifest.ts';
import { digest } from '../../../../src/run/digest.ts';
import { beginAnew, continueFrom } from '../../../../src/training/begin-run.ts';
import { progressOf } from '../../../../src/training/checkpoint-state.ts';
import type { RunCheckpoint } from '../../../../src/training/checkpoint-state.ts';
import type { NamedText } from '../../../../src/data/default-text.ts';
import { openDevice } from '../device/open-device.ts';
import { EngineProblem } from '../engine-problem.ts';
import { checkpointSteps, readCheckpoint, removeCheckpointsAfter } from '../opfs/opfs-checkpoints.ts';
import { readText, replaceFile } from '../opfs/opfs-files.ts';
import type { LabText, ResumeRun } from '../protocol.ts';
import type { LabBackend } from '../run-summary.ts';
import { requireStoredRun, TEXT_FILE, writeNote } from '../runs/stored-run.ts';
import type { StoredRun } from '../runs/stored-run.ts';
import { CorpusCache } from './corpus-cache.ts';
import { readLabText } from './lab-text.ts';
import type { LiveRun, ReadyRun } from './live-run.ts';

/** A run that can go on. */
export interface ResumableRun {
  readonly run: StoredRun;
  readonly ready: (live: LiveRun) => Promise<ReadyRun>;
}

/**
 * Finds what a run goes on from: its newest checkpoint, or its beginning where there is none, and its text. The caller holds the
 * run's lock.
 *
 * @throws EngineProblem `text-missing` when its text is not here or is another; CheckpointError when the checkpoint is damaged
 */
export async function resumableRun({ run: id, backend, text, fromStep }: ResumeRun): Promise<ResumableRun> {
  let run = await requireStoredRun(id);
  const loaded = await checkpointToResume(run, fromStep);
  const { config } = run.record;
  if (loaded === undefined && config.init !== null) {
    throw new EngineProblem(
      'damaged',
      `${run.note.name} must have the checkpoint it began from, but has none`,
    );
  }
  const named = await textOfRun(run, text, loaded);
  if (fromStep !== undefined) await removeCheckpointsAfter(run.folder, fromStep);
  if (config.data !== null && (await readText(run.folder, TEXT_FILE)) === undefined) {
    await replaceFile(run.folder, TEXT_FILE, named.text);
    run = await writeNote(run, { textName: named.name });
  }
  const wanted = backend ?? labBackend(run.record.backend);
  const tokenizerJson = JSON.parse((await readText(run.folder, 'tokenizer.json')) ?? '') as object;
  return {
    run,
    ready: async (live) => {
      const opened = await openDevice(wanted, (doing) => live.prepare(doing));
      const cache = new CorpusCache(named, (doing) => live.prepare(doing));
      const corpus = await cache.corpusFor(config, tokenizerJson);
      const { storage } = live;
      return {
        backend: opened,
        corpus,
        begin: async (state, earlyStop) =>
          loaded === undefined
            ? beginAnew({ storage, corpus }, state, undefined)
            : continueFrom({ storage, corpus }, loaded, state, earlyStop),
      };
    },
  };
}

/** The checkpoint to go on from; undefined where there is none, and the run begins again. */
async function checkpointToResume(
  { folder, note }: StoredRun,
  fromStep: number | undefined,
): Promise<RunCheckpoint | undefined> {
  const steps = await checkpointSteps(folder);
  const step = fromStep ?? steps.at(-1);
  if (step === undefined) return undefined;
  const read = async (of: number): Promise<RunCheckpoint> => {
    const checkpoint = await readCheckpoint(folder, of, `${note.name}/checkpoints/step-${of}`);
    return { checkpoint, progress: progressOf(checkpoint) };
  };
  try {
    return await read(step);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    for (const older of steps.filter((other) => other < step).toReversed()) {
      const isWhole = await read(older).then(
        () => true,
        () => false,
      );
      if (!isWhole) continue;
      throw new EngineProblem(
        'damaged',
        `${error.file} ${error.problem}; the checkpoint of step ${older} is whole: go back to it, or export the run`,
        { wholeStep: older },
      );
    }
    throw error;
  }
}

/** The text that the run was trained on: its own, or the one that is given. */
async function textOfRun(
  { folder, note, record }: StoredRun,
  given: LabText | undefined,
  loaded: RunCheckpoint | undefined,
): Promise<NamedText> {
  if (loaded?.progress.wholeText === false) {
    throw new EngineProblem(
      'settings',
      `${note.name} was trained on documents that no page can read; go on with nibble train --resume`,
    );
  }
  const own = await readText(folder, TEXT_FILE);
  if (own === undefined && given === undefined) {
    throw new EngineProblem(
      'text-missing',
      `the text that ${note.name} was trained on (${record.config.data ?? 'the default one'}) is not in this browser; give it`,
    );
  }
  const named = own === undefined ? await readLabText(given!) : { name: note.textName, text: own };
  const wanted = loaded?.progress.dataSha256;
  if (wanted !== undefined && (await digest(new TextEncoder().encode(named.text))) !== wanted) {
    throw new EngineProblem(
      'text-missing',
      `${named.name} is not the text that ${note.name} was trained on; give the very file`,
    );
  }
  return named;
}

/** Runs of Node's slow reference have the bits of wasm. */
function labBackend(name: string): LabBackend {
  return name === 'webgpu' ? 'webgpu' : 'wasm';
}
