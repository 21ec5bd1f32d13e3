import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { EngineFailure } from '../engine/engine-client.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import type { ExportedFile, ExportRun, LabText, ResumeRun, StartRuns } from '../engine/protocol.ts';
import type { DamagedRun, LayerChoice, RunId, RunState, RunSummary } from '../engine/run-summary.ts';
import type { EngineEvent, MemoryEvent } from '../engine/engine-event.ts';
import type { Capabilities } from '../engine/capabilities.ts';
import { createLabRun, isBusy, isOpened } from './lab-run.ts';
import type { LabRun } from './lab-run.ts';
import { lowestFreeColor } from './lowest-free-color.ts';
import type { Notice } from './notice.ts';
import { readShownRuns, writeShownRuns } from './shown-runs.ts';

/** More curves than colours cannot be told apart. */
const MOST_SHOWN = 6;

/** Everything that the page knows, and what it can ask of the worker. What fails is told as a notice, never thrown. */
export class Lab {
  readonly #engine: EngineClient;
  readonly #defaultText: LabText;
  #lastNotice = 0;
  /** Undefined until the worker has answered. */
  readonly capabilities: Signal<Capabilities | undefined> = signal(undefined);
  /** Newest first; undefined until the worker has answered. */
  readonly runs: Signal<readonly LabRun[] | undefined> = signal(undefined);
  /** Runs that cannot be read. */
  readonly damaged: Signal<readonly DamagedRun[]> = signal([]);
  /** The runs whose curves are drawn, oldest first. */
  readonly shown: ReadonlySignal<readonly LabRun[]> = computed(() =>
    (this.runs.value ?? []).filter(({ isShown }) => isShown.value).toReversed(),
  );
  /** The run whose details are shown. */
  readonly focus: Signal<LabRun | undefined> = signal(undefined);
  /** The last thing that the worker told about memory, and the most it took. */
  readonly memory: Signal<(MemoryEvent & { readonly peakBytes: number }) | undefined> = signal(undefined);
  readonly notices: Signal<readonly Notice[]> = signal([]);
  /** What the runs that are being started wait for. */
  readonly progress: Signal<string | undefined> = signal(undefined);

  /**
   * Speaks with the worker through `engine`, whose events must be given to {@link handle}.
   *
   * @param defaultTextUrl - absolute address of the default text
   */
  constructor(engine: EngineClient, defaultTextUrl: string) {
    this.#engine = engine;
    this.#defaultText = { type: 'default', url: defaultTextUrl };
  }

  /** Asks what the browser can do and which runs there are, and shows those that were shown before. */
  async open(): Promise<void> {
    await Promise.all([
      this.#attempt(async () => {
        this.capabilities.value = await this.#engine.request('probe', {});
      }),
      this.#attempt(async () => {
        const { runs, damaged } = await this.#engine.request('listRuns', {});
        this.damaged.value = damaged;
        // Some may have been told of meanwhile, by this worker or that of another tab.
        const listed = runs.map((summary) => this.#runOf(summary.run) ?? createLabRun(summary));
        const others = (this.runs.value ?? []).filter((run) => !listed.includes(run));
        this.runs.value = [...others, ...listed];
        const before = readShownRuns();
        const found = this.runs.value.filter(({ id }) => before.has(id));
        // What has the focus is shown, too.
        const shown = found.length > 0 ? found : this.runs.value.slice(0, 1);
        this.focus.value ??= shown[0];
        await Promise.all(
          shown
            .slice(0, MOST_SHOWN)
            .toReversed()
            .map((run) => this.show(run)),
        );
      }),
    ]);
    // Without an answer there are none to show.
    this.runs.value ??= [];
  }

  /** Takes what the worker tells on its own. */
  handle(event: EngineEvent): void {
    switch (event.type) {
      case 'summary':
        this.#take(event.summary);
        break;
      case 'deleted':
        this.#forget(event.run);
        break;
      case 'progress':
        this.progress.value = event.doing;
        break;
      case 'metrics': {
        const run = this.#runOf(event.run);
        if (run === undefined) break;
        run.record.append(event.lines);
        run.pace.note(run.record.step);
        if (run.linesMeanwhile !== undefined) run.linesMeanwhile = run.linesMeanwhile.concat(event.lines);
        break;
      }
      case 'histogram': {
        const run = this.#runOf(event.run);
        if (run !== undefined) run.histogram.value = event;
        break;
      }
      case 'memory': {
        const before = this.memory.peek();
        const peak = before?.backend === event.backend ? before.peakBytes : 0;
        this.memory.value = { ...event, peakBytes: Math.max(event.deviceBytes, peak) };
        break;
      }
    }
  }

  /** Begins runs and shows their curves over each other, in place of those that were shown. */
  async start(start: StartRuns): Promise<void> {
    await this.#attempt(async () => {
      // With the first run there is something to lose when disk gets short. Some browsers ask the visitor.
      if (this.runs.peek()?.length === 0) void navigator.storage.persist().catch(() => false);
      const summaries = await this.#engine.request('startRuns', start);
      for (const run of this.shown.peek()) run.isShown.value = false;
      const runs = summaries.map((summary) => this.#take(summary));
      this.focus.value = runs.at(-1);
      await Promise.all(runs.map((run) => this.show(run)));
    });
    this.progress.value = undefined;
  }

  /** Draws the curves of a run, which are read when they are first needed. */
  async show(run: LabRun): Promise<void> {
    if (!run.isShown.peek()) {
      run.color.value = lowestFreeColor(this.shown.peek().map(({ color }) => color.peek()));
      run.isShown.value = true;
      this.#keepShown();
    }
    if (isOpened(run) || run.linesMeanwhile !== undefined) return;
    await this.#attempt(() => this.#openRun(run));
  }

  /** Leaves the curves of a run out. */
  hide(run: LabRun): void {
    run.isShown.value = false;
    this.#keepShown();
  }

  /** Shows the details of a run, and its curves. */
  async focusOn(run: LabRun): Promise<void> {
    this.focus.value = run;
    await this.show(run);
  }

  /** Pauses a run. */
  async pause(run: LabRun): Promise<void> {
    await this.#attempt(async () => {
      this.#take(await this.#engine.request('pauseRun', { run: run.id }));
    });
  }

  /** Goes on with a run. A refusal stays with the run, where the ways out are. */
  async resume(run: LabRun, options: Omit<ResumeRun, 'run'> = {}): Promise<void> {
    run.refusal.value = undefined;
    await this.#attempt(async () => {
      const text = run.summary.peek().text === 'default' ? { text: this.#defaultText } : {};
      try {
        this.#take(await this.#engine.request('resumeRun', { run: run.id, ...text, ...options }));
      } catch (error) {
        if (!(error instanceof EngineFailure) || this.focus.peek() !== run) throw error;
        run.refusal.value = error.told;
        return;
      }
      await this.show(run);
    });
  }

  /** Gives a run another name. */
  async rename(run: LabRun, name: string): Promise<void> {
    await this.#attempt(async () => {
      this.#take(await this.#engine.request('renameRun', { run: run.id, name }));
    });
  }

  /** Deletes a run for good. */
  async delete(run: RunId): Promise<void> {
    await this.#attempt(async () => {
      await this.#engine.request('deleteRun', { run });
      this.#forget(run);
    });
  }

  /** Makes a file of a run; undefined when it could not. */
  async export(request: ExportRun): Promise<ExportedFile | undefined> {
    let file: ExportedFile | undefined;
    await this.#attempt(async () => {
      file = await this.#engine.request('exportRun', request);
    });
    return file;
  }

  /** Takes in the zip of a run folder, and shows it. */
  async import(zip: Blob): Promise<void> {
    await this.#attempt(async () => {
      await this.focusOn(this.#take(await this.#engine.request('importRun', { zip })));
    });
  }

  /** Has pictures of a layer sent while the run trains; null stops it. */
  async watch(run: LabRun, layer: LayerChoice | null): Promise<void> {
    await this.#attempt(async () => {
      await this.#engine.request('watchLayer', { run: run.id, layer });
    });
  }

  /** Saves and pauses all runs; resolves with those that were under way. */
  async pauseAll(): Promise<readonly LabRun[]> {
    const busy = (this.runs.peek() ?? []).filter(({ summary }) => isBusy(summary.peek()));
    if (busy.length > 0) await this.#attempt(async () => void (await this.#engine.request('pauseAll', {})));
    return busy;
  }

  /** Tells the visitor something, unless it is what was told last. */
  tell(notice: Omit<Notice, 'id'>): void {
    this.#lastNotice++;
    const others = this.notices.peek().filter(({ text }) => text !== notice.text);
    this.notices.value = [...others, { ...notice, id: this.#lastNotice }];
  }

  /** Takes a notice away. */
  dismiss(id: number): void {
    this.notices.value = this.notices.peek().filter((notice) => notice.id !== id);
  }

  async #openRun(run: LabRun): Promise<void> {
    run.linesMeanwhile = [];
    try {
      const { summary, lines, layers } = await this.#engine.request('openRun', { run: run.id });
      run.summary.value = summary;
      run.layers.value = layers;
      run.record.replace(lines, run.linesMeanwhile);
    } finally {
      run.linesMeanwhile = undefined;
    }
  }

  async #attempt(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.tell({
        tone: 'error',
        text,
        ...(error instanceof EngineFailure ? { kind: error.told.kind } : {}),
      });
    }
  }

  #runOf(id: RunId): LabRun | undefined {
    return this.runs.peek()?.find((run) => run.id === id);
  }

  #take(summary: RunSummary): LabRun {
    const known = this.#runOf(summary.run);
    if (known === undefined) {
      const run = createLabRun(summary);
      this.runs.value = [run, ...(this.runs.peek() ?? [])];
      return run;
    }
    const before = known.summary.peek().state.type;
    if (before !== summary.state.type) known.refusal.value = undefined;
    known.summary.value = summary;
    if (!isBusy(summary)) this.#rest(known, before);
    return known;
  }

  /** Tidies up after a run that does not train in this tab, or not any more. */
  #rest(run: LabRun, before: RunState['type']): void {
    run.pace.clear();
    if (this.runs.peek()?.every(({ summary }) => !isBusy(summary.peek())) === true) {
      this.memory.value = undefined;
    }
    const { state, step } = run.summary.peek();
    if (state.type === 'elsewhere' || !isOpened(run) || run.linesMeanwhile !== undefined) return;
    // Another tab has trained it, whose lines do not come to this one.
    if (before === 'elsewhere' || step !== run.record.step) void this.#attempt(() => this.#openRun(run));
  }

  #forget(id: RunId): void {
    this.runs.value = (this.runs.peek() ?? []).filter((run) => run.id !== id);
    this.damaged.value = this.damaged.peek().filter(({ run }) => run !== id);
    this.#keepShown();
    if (this.focus.peek()?.id !== id) return;
    const next = this.shown.peek().at(-1) ?? this.runs.peek()?.[0];
    if (next === undefined) this.focus.value = undefined;
    else void this.focusOn(next);
  }

  #keepShown(): void {
    writeShownRuns(this.shown.peek().map(({ id }) => id));
  }
}
