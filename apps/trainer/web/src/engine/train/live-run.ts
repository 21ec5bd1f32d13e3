import { setBackend } from '@tensorflow/tfjs-core';
import type { ChosenBackend } from '../../../../src/backend/choose-backend.ts';
import type { Corpus } from '../../../../src/data/prepare-corpus.ts';
import type { RunStorage } from '../../../../src/run/run-storage.ts';
import type { Progress } from '../../../../src/training/prepared-run.ts';
import type { EarlyStop } from '../../../../src/training/early-stop.ts';
import { executeRun } from '../../../../src/training/execute-run.ts';
import { modelConfigOfRun } from '../../../../src/training/model-config-of-run.ts';
import { silentObserver } from '../../../../src/training/train-observer.ts';
import type { TrainingState } from '../../../../src/training/training-state.ts';
import { memoryEvent } from '../device/memory-event.ts';
import { opfsStorage } from '../opfs/opfs-storage.ts';
import type { LayerChoice, RunState } from '../run-summary.ts';
import type { EngineEvent } from '../engine-event.ts';
import type { StoredRun } from '../runs/stored-run.ts';
import { toEngineError } from '../to-engine-error.ts';
import { drawLayer } from './draw-layer.ts';
import { MetricsFeed } from './metrics-feed.ts';
import { nextTask } from './next-task.ts';
import type { Turns } from './turns.ts';

/** Milliseconds between two pictures of a layer, or more: they may take a twentieth of the time. */
const DRAW_EVERY = 1000;
const DRAW_SHARE = 1 / 20;
/** Milliseconds between two measurements of memory. */
const MEMORY_EVERY = 1000;

/** What a run needs of its surroundings. */
export interface LiveRunOptions {
  readonly run: StoredRun;
  /** The queue for the device. */
  readonly turns: Turns;
  /** Tells the page. */
  readonly post: (event: EngineEvent) => void;
  /** Told when the run's state has changed, or its checkpoints have. */
  readonly onChange: (live: LiveRun) => void;
}

/** What training begins with. */
export interface ReadyRun {
  readonly backend: ChosenBackend;
  readonly corpus: Corpus;
  /** Puts into a fresh state what the run begins with. */
  readonly begin: (state: TrainingState, earlyStop: EarlyStop) => Promise<Progress>;
}

/** A run that this tab trains; it holds the run's lock. */
export class LiveRun {
  readonly run: StoredRun;
  readonly storage: RunStorage;
  readonly #options: LiveRunOptions;
  readonly #controller = new AbortController();
  readonly #feed: MetricsFeed;
  #state: RunState = { type: 'preparing', doing: 'waiting for the device' };
  #watched: LayerChoice | null = null;
  #step = 0;
  #drawAt = 0;
  #memoryAt = 0;
  /** Milliseconds in which others had the device. */
  #waited = 0;

  /** Makes a run that has not begun. */
  constructor(options: LiveRunOptions) {
    this.#options = options;
    this.run = options.run;
    const { id, folder, record, note } = options.run;
    this.#feed = new MetricsFeed(id, options.post);
    this.storage = opfsStorage({
      folder,
      name: note.name,
      record,
      onLine: (line) => this.#feed.add(line),
    });
  }

  /** What it is doing, or what it came to. */
  get state(): RunState {
    return this.#state;
  }

  /** Says, in words for people, what it is being made ready with. */
  prepare(doing: string): void {
    this.#enter({ type: 'preparing', doing });
  }

  /** Has it stop after the step under way, with a checkpoint. */
  stop(): void {
    this.#controller.abort();
  }

  /** Has a layer drawn on the way; null has none. */
  watch(layer: LayerChoice | null): void {
    this.#watched = layer;
    this.#drawAt = 0;
  }

  /** Tells the page all lines there are. */
  flush(): void {
    this.#feed.flush();
  }

  /** Trains until the last step or {@link stop}; what fails becomes the state `failed`. Never rejects. */
  async train(makeReady: () => Promise<ReadyRun>): Promise<void> {
    const { turns } = this.#options;
    await turns.take();
    let end: RunState;
    try {
      const isStopped = this.#controller.signal.aborted;
      const isDone = !isStopped && (await this.#execute(await makeReady()));
      end = { type: isDone ? 'done' : 'paused' };
    } catch (error) {
      end = { type: 'failed', error: toEngineError(error) };
    }
    this.#feed.flush();
    turns.give();
    this.#enter(end);
  }

  async #execute({ backend, corpus, begin }: ReadyRun): Promise<boolean> {
    const { record } = this.run;
    const { config } = record;
    let state: TrainingState | undefined;
    const done = await executeRun(
      {
        storage: this.storage,
        config,
        backend,
        corpus,
        modelConfig: modelConfigOfRun(record, corpus.tokenizer.vocabSize),
        signal: this.#controller.signal,
        observer: {
          ...silentObserver,
          start: () => this.#enter({ type: 'training' }),
          step: ({ step }) => {
            this.#step = step;
            if (step === config.steps) this.#enter({ type: 'finishing' });
          },
          checkpoint: () => this.#options.onChange(this),
        },
        nextTurn: async (settle) => {
          if (this.#watched !== null && performance.now() > this.#drawAt) {
            await settle();
            await this.#draw(this.#watched, state!, corpus);
          }
          await this.#nextTurn(backend, settle);
        },
        clock: () => performance.now() - this.#waited,
      },
      (fresh, earlyStop) => {
        state = fresh;
        return begin(fresh, earlyStop);
      },
    );
    return done !== undefined;
  }

  async #nextTurn(backend: ChosenBackend, settle: () => Promise<void>): Promise<void> {
    const { turns, post } = this.#options;
    if (performance.now() > this.#memoryAt) {
      post(memoryEvent());
      this.#memoryAt = performance.now() + MEMORY_EVERY;
    }
    if (!turns.isOver) return nextTask();
    await settle();
    this.#feed.flush();
    const givenAt = performance.now();
    turns.give();
    await turns.take();
    this.#waited += performance.now() - givenAt;
    // The device may have been lost while another run had it.
    backend.checkErrors();
    await setBackend(backend.name);
  }

  async #draw(layer: LayerChoice, state: TrainingState, corpus: Corpus): Promise<void> {
    const startedAt = performance.now();
    const { id, record } = this.run;
    const { batchSize, context } = record.config;
    const drawn = await drawLayer({ state, tokens: corpus.validation, batchSize, context, layer });
    this.#options.post({ type: 'histogram', run: id, layer, step: this.#step, ...drawn });
    const endedAt = performance.now();
    this.#drawAt = endedAt + Math.max(DRAW_EVERY, (endedAt - startedAt) / DRAW_SHARE);
  }

  #enter(state: RunState): void {
    this.#state = state;
    this.#options.onChange(this);
  }
}
