import { beginAnew } from '../../../../src/training/begin-run.ts';
import { modelConfigOf } from '../../../../src/training/model-config-of.ts';
import { openDevice } from '../device/open-device.ts';
import type { StartRuns } from '../protocol.ts';
import { lockRun } from '../runs/run-lock.ts';
import { createStoredRun, deleteStoredRun, TEXT_FILE } from '../runs/stored-run.ts';
import type { NewStoredRun, StoredRun } from '../runs/stored-run.ts';
import { versions } from '../versions.ts';
import { CorpusCache } from './corpus-cache.ts';
import { labConfig } from './lab-config.ts';
import { readLabText } from './lab-text.ts';
import type { LiveRun, ReadyRun } from './live-run.ts';
import type { Turns } from './turns.ts';

/** A run that was just written down, locked. */
export interface MadeRun {
  readonly run: StoredRun;
  /** Gives its lock back. */
  readonly unlock: () => void;
  readonly ready: (live: LiveRun) => Promise<ReadyRun>;
}

/**
 * Makes new runs. Nothing is written before settings, device and text are known to be good; when one cannot be written, none
 * stays.
 *
 * @param note - Told, in words for people, what takes a moment
 */
export async function makeRuns(
  { text, backend: wanted, runs }: StartRuns,
  turns: Turns,
  note: (doing: string) => void,
): Promise<MadeRun[]> {
  const isOwn = text.type === 'own';
  const configs = runs.map((run) => labConfig(run, wanted, isOwn));
  const named = await readLabText(text);
  await turns.take();
  const made: MadeRun[] = [];
  try {
    const backend = await openDevice(wanted, note);
    const corpora = new CorpusCache(named, note);
    for (const [index, config] of configs.entries()) {
      const corpus = await corpora.corpusFor(config);
      const { run, unlock } = await createLocked({
        id: crypto.randomUUID(),
        record: {
          config,
          versions: versions(),
          backend: backend.name,
          adapter: { description: backend.adapter },
          modelConfig: modelConfigOf(config, corpus.tokenizer.vocabSize),
        },
        // Later ones first in a list of the newest, as they were asked for.
        note: {
          name: runs[index]!.name ?? config.recipe,
          createdAt: Date.now() + index,
          textName: named.name,
        },
        files: {
          'tokenizer.json': JSON.stringify(corpus.tokenizerJson),
          ...(isOwn ? { [TEXT_FILE]: named.text } : {}),
        },
      });
      const ready = async (live: LiveRun): Promise<ReadyRun> => ({
        backend: await openDevice(wanted, (doing) => live.prepare(doing)),
        corpus,
        begin: (state) => beginAnew({ storage: live.storage, corpus }, state, undefined),
      });
      made.push({ run, unlock, ready });
    }
    return made;
  } catch (error) {
    for (const { run, unlock } of made) {
      await deleteStoredRun(run.id);
      unlock();
    }
    throw error;
  } finally {
    turns.give();
  }
}

async function createLocked(wanted: NewStoredRun): Promise<Omit<MadeRun, 'ready'>> {
  const unlock = await lockRun(wanted.id);
  try {
    return { run: await createStoredRun(wanted), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}
