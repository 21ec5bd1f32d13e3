import { probe } from './device/probe.ts';
import { EngineProblem } from './engine-problem.ts';
import type { MetricsLine } from './metrics-line.ts';
import { readMetrics } from './opfs/opfs-storage.ts';
import type {
  EngineRequests,
  ExportedFile,
  ExportRun,
  RequestType,
  ResumeRun,
  RunContents,
  StartRuns,
} from './protocol.ts';
import type { DamagedRun, LayerChoice, RunId, RunListing, RunState, RunSummary } from './run-summary.ts';
import type { EngineEvent } from './engine-event.ts';
import { OtherTabs } from './runs/other-tabs.ts';
import { removeUnfinished } from './runs/remove-unfinished.ts';
import { lockRun, ownerOf, untilLetGo } from './runs/run-lock.ts';
import {
  deleteStoredRun,
  findRunName,
  findStoredRun,
  requireStoredRun,
  runIds,
  writeNote,
} from './runs/stored-run.ts';
import type { StoredRun } from './runs/stored-run.ts';
import { summarizeRun } from './runs/summarize-run.ts';
import { LiveRun } from './train/live-run.ts';
import type { ReadyRun } from './train/live-run.ts';
import { makeRuns } from './train/make-runs.ts';
import { resumableRun } from './train/resumable-run.ts';
import { Turns } from './train/turns.ts';
import { toEngineError } from './to-engine-error.ts';

/** What answers each request. */
export type RequestHandlers = {
  readonly [Type in RequestType]: (
    params: EngineRequests[Type]['params'],
  ) => Promise<EngineRequests[Type]['result']>;
};

/** The worker's side of the protocol: the runs of this browser, and those of them that train here. */
export class Engine implements RequestHandlers {
  readonly #post: (event: EngineEvent) => void;
  readonly #turns = new Turns();
  readonly #live = new Map<RunId, { readonly live: LiveRun; readonly ended: Promise<void> }>();
  /** Why runs that do not train any more have failed. */
  readonly #failures = new Map<RunId, RunState>();
  /** Runs of other tabs, which are waited for to be let go. */
  readonly #awaited = new Set<RunId>();
  readonly #tabs: OtherTabs;

  /** @param post - tells the page */
  constructor(post: (event: EngineEvent) => void) {
    this.#post = post;
    this.#tabs = new OtherTabs(({ type, run }) => {
      if (type === 'deleted') post({ type: 'deleted', run });
      else void this.#tellSummary(run);
    });
  }

  readonly probe: RequestHandlers['probe'] = probe;

  async listRuns(): Promise<RunListing> {
    // On such a page there can be none; the page says why.
    if (!isSecureContext) return { runs: [], damaged: [] };
    const runs: RunSummary[] = [];
    const damaged: DamagedRun[] = [];
    for (const id of await runIds()) {
      // A damaged run must not hide the others, nor be hidden.
      try {
        const summary = await this.#listed(id);
        if (summary === undefined) await removeUnfinished(id);
        else runs.push(summary);
      } catch (error) {
        const name = await findRunName(id);
        // Another tab may have deleted it meanwhile.
        if (name !== undefined) damaged.push({ run: id, name, error: toEngineError(error) });
      }
    }
    return { runs: runs.toSorted((a, b) => b.createdAt - a.createdAt), damaged };
  }

  async openRun({ run: id }: { readonly run: RunId }): Promise<RunContents> {
    this.#live.get(id)?.live.flush();
    const run = await requireStoredRun(id);
    const lines = (await readMetrics(run.folder, run.note.name)) as unknown as MetricsLine[];
    return { summary: await this.#summaryOf(run), lines, layers: layersOf(run) };
  }

  async renameRun({ run: id, name }: { readonly run: RunId; readonly name: string }): Promise<RunSummary> {
    if (name.trim() === '') {
      throw new EngineProblem('settings', 'the name of a run must not be empty; choose another');
    }
    const run = await writeNote(await requireStoredRun(id), { name: name.trim() });
    this.#tabs.tell({ type: 'changed', run: id });
    return this.#summaryOf(run);
  }

  async deleteRun({ run: id }: { readonly run: RunId }): Promise<null> {
    if (this.#live.has(id)) {
      throw new EngineProblem('in-use', 'the run is training in this tab; pause it first', {
        owner: 'this tab',
      });
    }
    const unlock = await lockRun(id);
    try {
      await deleteStoredRun(id);
    } finally {
      unlock();
    }
    this.#failures.delete(id);
    this.#post({ type: 'deleted', run: id });
    this.#tabs.tell({ type: 'deleted', run: id });
    return null;
  }

  async startRuns(params: StartRuns): Promise<readonly RunSummary[]> {
    const made = await makeRuns(params, this.#turns, (doing) => this.#post({ type: 'progress', doing }));
    return Promise.all(
      made.map(({ run, unlock, ready }) => {
        this.#train(run, unlock, async (live) => ready(live));
        return this.#summaryOf(run);
      }),
    );
  }

  async pauseRun({ run: id }: { readonly run: RunId }): Promise<RunSummary> {
    await this.#stop(id);
    return this.#summaryOf(await requireStoredRun(id));
  }

  async resumeRun(params: ResumeRun): Promise<RunSummary> {
    const { run: id } = params;
    if (this.#live.has(id)) return this.#summaryOf(await requireStoredRun(id));
    const unlock = await lockRun(id);
    const { run, ready } = await resumableRun(params).catch((error: unknown) => {
      unlock();
      throw error;
    });
    // From here on the lock is given back when the run ends.
    this.#train(run, unlock, ready);
    return this.#summaryOf(run);
  }

  async watchLayer({
    run,
    layer,
  }: {
    readonly run: RunId;
    readonly layer: LayerChoice | null;
  }): Promise<null> {
    this.#live.get(run)?.live.watch(layer);
    return null;
  }

  async exportRun(params: ExportRun): Promise<ExportedFile> {
    const run = await requireStoredRun(params.run);
    // What an export needs beside the worker is loaded when it is first asked for.
    const { exportRun } = await import('./exchange/export-run.ts');
    if (!this.#live.has(params.run)) return exportRun(run, params);
    // Between two steps nothing is written, and no checkpoint is removed.
    await this.#turns.take();
    try {
      return await exportRun(run, params);
    } finally {
      this.#turns.give();
    }
  }

  async importRun({ zip }: { readonly zip: Blob }): Promise<RunSummary> {
    const { importRun } = await import('./exchange/import-run.ts');
    const id = crypto.randomUUID();
    // So that no other tab takes it for what a crash has left.
    const unlock = await lockRun(id);
    const run = await importRun(zip, id).finally(unlock);
    this.#tabs.tell({ type: 'changed', run: id });
    return this.#summaryOf(run);
  }

  async pauseAll(): Promise<null> {
    await Promise.all([...this.#live.keys()].map((id) => this.#stop(id)));
    return null;
  }

  async #stop(id: RunId): Promise<void> {
    const found = this.#live.get(id);
    found?.live.stop();
    await found?.ended;
  }

  /** Has a run trained; gives its lock back in the end. */
  #train(run: StoredRun, unlock: () => void, makeReady: (live: LiveRun) => Promise<ReadyRun>): void {
    const { id } = run;
    this.#failures.delete(id);
    const live = new LiveRun({
      run,
      turns: this.#turns,
      post: this.#post,
      onChange: () => void this.#tellSummary(id),
    });
    const ended = live
      .train(() => makeReady(live))
      .then(() => {
        this.#live.delete(id);
        if (live.state.type === 'failed') this.#failures.set(id, live.state);
        unlock();
        // The others after this tab, which has then seen that the run is free.
        return this.#tellSummary(id).finally(() => this.#tabs.tell({ type: 'changed', run: id }));
      });
    this.#live.set(id, { live, ended });
  }

  /** What the list says of a run; undefined when it is none. Throws when it cannot be read. */
  async #listed(id: RunId): Promise<RunSummary | undefined> {
    const run = await findStoredRun(id);
    if (run === undefined) return undefined;
    if (!this.#live.has(id)) {
      await requireStoredRun(id).catch((error: unknown) => {
        this.#failures.set(id, { type: 'failed', error: toEngineError(error) });
      });
    }
    return this.#summaryOf(run);
  }

  async #tellSummary(id: RunId): Promise<void> {
    const run = await findStoredRun(id).catch(() => undefined);
    if (run === undefined) return;
    const summary = await this.#summaryOf(run);
    this.#post({ type: 'summary', summary });
    if (this.#live.has(id)) this.#tabs.tell({ type: 'changed', run: id });
  }

  async #tellWhenFree(id: RunId, owner: string): Promise<void> {
    if (this.#awaited.has(id)) return;
    this.#awaited.add(id);
    await untilLetGo(id, owner);
    this.#awaited.delete(id);
    await this.#tellSummary(id);
  }

  async #summaryOf(run: StoredRun): Promise<RunSummary> {
    const summary = await summarizeRun(run);
    const owner = this.#live.has(run.id) ? undefined : await ownerOf(run.id);
    if (owner !== undefined) void this.#tellWhenFree(run.id, owner);
    // Asked for last: it may have changed while files were read.
    const state =
      this.#live.get(run.id)?.live.state ??
      (owner === undefined ? this.#failures.get(run.id) : { type: 'elsewhere' as const, owner });
    return state === undefined ? summary : { ...summary, state };
  }
}

function layersOf({ record: { modelConfig } }: StoredRun): readonly LayerChoice[] {
  const roles = ['qkv', 'o', 'fc1', 'fc2'] as const;
  return Array.from({ length: modelConfig?.nLayers ?? 0 }, (_, block) =>
    roles.map((role) => ({ role, block })),
  ).flat();
}
