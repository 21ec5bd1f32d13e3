/**
 * The messages between the lab's page and the worker that trains.
 *
 * The page asks by {@link EngineRequests}: each request gets one answer, its result or an {@link EngineError}. The worker
 * tells on its own by {@link EngineEvent}. `connectEngine` of `engine-client.ts` turns both into functions; the page needs
 * nothing else of this folder.
 *
 * What happens in a run reaches the page as the very lines of its `metrics.jsonl`, live (`MetricsEvent`) and when a
 * run is opened ({@link RunContents}), so that one reducer draws both.
 */
import type { Capabilities, LabSettings } from './capabilities.ts';
import type { EngineError } from './engine-error.ts';
import type { EngineEvent } from './engine-event.ts';
import type { MetricsLine } from './metrics-line.ts';
import type { LabBackend, LayerChoice, RunId, RunListing, RunSummary } from './run-summary.ts';

/** Every request: what the page gives and what it gets. */
export interface EngineRequests {
  /** What this browser can do, and what there is to choose from. Opens no device and writes nothing. */
  probe: { readonly params: Record<never, never>; readonly result: Capabilities };
  /** All runs, those that cannot be read apart from the others. */
  listRuns: { readonly params: Record<never, never>; readonly result: RunListing };
  /** A run with everything its curves and tables are drawn from; works for runs that another tab trains, too. */
  openRun: { readonly params: { readonly run: RunId }; readonly result: RunContents };
  /** Gives a run another name to show. */
  renameRun: { readonly params: { readonly run: RunId; readonly name: string }; readonly result: RunSummary };
  /** Deletes a run for good. Refused with `in-use` while a tab trains it: pause it first. */
  deleteRun: { readonly params: { readonly run: RunId }; readonly result: null };
  /**
   * Makes one run for each item and begins to train them. They take turns of about half a second on the one device, so
   * their curves grow side by side. Answers once the runs are written down; what follows comes as events. Text,
   * vocabulary and settings are checked before anything is written.
   */
  startRuns: { readonly params: StartRuns; readonly result: readonly RunSummary[] };
  /**
   * Pauses after the step under way: writes a checkpoint and frees the device. A paused run is a stopped run: nothing is
   * lost when the tab is closed, and `resumeRun` goes on at any later time to the bits of the run that was never paused.
   * Answers when the checkpoint is written.
   */
  pauseRun: { readonly params: { readonly run: RunId }; readonly result: RunSummary };
  /** Goes on with a run that is paused, failed, was interrupted by a reload or was imported. Answers as `startRuns` does. */
  resumeRun: { readonly params: ResumeRun; readonly result: RunSummary };
  /**
   * Has histograms of one layer of a run sent (`HistogramEvent`) while it trains, the first at once; `null` stops
   * it. One layer per run is watched.
   */
  watchLayer: {
    readonly params: { readonly run: RunId; readonly layer: LayerChoice | null };
    readonly result: null;
  };
  /** A run as a file to save. Works while it trains (of its last checkpoint); needs no device. */
  exportRun: { readonly params: ExportRun; readonly result: ExportedFile };
  /** A run folder as a zip, from here or made of a run of `nibble train`. Checksums are verified; a damaged one is refused. */
  importRun: { readonly params: { readonly zip: Blob }; readonly result: RunSummary };
  /** Has the worker save and pause all runs, so that the page may let it go. The page calls it on `pagehide` where it can. */
  pauseAll: { readonly params: Record<never, never>; readonly result: null };
}

/** A kind of request. */
export type RequestType = keyof EngineRequests;

/** A request as it is posted to the worker. */
export type RequestMessage = {
  [Type in RequestType]: {
    /** Counts up; the answer carries it. */
    readonly id: number;
    readonly type: Type;
    readonly params: EngineRequests[Type]['params'];
  };
}[RequestType];

/** The answer to a request. */
export type ReplyMessage =
  | { readonly type: 'reply'; readonly id: number; readonly result: EngineRequests[RequestType]['result'] }
  | { readonly type: 'failure'; readonly id: number; readonly error: EngineError };

/** Whatever the worker posts. */
export type WorkerMessage = ReplyMessage | EngineEvent;

/** A text to train on. */
export type LabText =
  /**
   * The default text, the one of `nibble train`: fetched from `url` (an absolute address of this origin that the page's build
   * gives it), and only then.
   */
  | { readonly type: 'default'; readonly url: string }
  /** A text of the visitor, which is kept with the run. UTF-8 files are read by the page: `await file.text()`. */
  | { readonly type: 'own'; readonly name: string; readonly text: string };

/** Runs to start. */
export interface StartRuns {
  readonly text: LabText;
  readonly backend: LabBackend;
  /** One run each; they share the text, and the vocabulary where their sizes agree. */
  readonly runs: readonly NewRun[];
}

/** A run to make. */
export interface NewRun {
  /** Name to show; default the recipe. */
  readonly name?: string;
  /** What differs from `Catalog.defaults`. */
  readonly settings: Partial<LabSettings>;
}

/** How to go on with a run. */
export interface ResumeRun {
  readonly run: RunId;
  /** Default: what the run trained on before. The other one is a way out when a device is gone. */
  readonly backend?: LabBackend;
  /**
   * The text, where the run does not have its own: for runs with `text: 'default'` always, and for an imported run whose text
   * is `missing` once. It is compared with what the run was trained on.
   */
  readonly text?: LabText;
  /** Goes back to the checkpoint of this step and deletes later ones. Default: the newest. */
  readonly fromStep?: number;
}

/** A run with its curves. */
export interface RunContents {
  readonly summary: RunSummary;
  /** All lines of its `metrics.jsonl`, in order. */
  readonly lines: readonly MetricsLine[];
  /** Layers that can be watched, in the order of the forward pass. */
  readonly layers: readonly LayerChoice[];
}

/** How a run is exported. */
export type ExportRun =
  /** The folder of the run as a zip, which `nibble train --resume`, `report` and `eval` take once it is unzipped. */
  | { readonly run: RunId; readonly format: 'run-folder' }
  /** A folder for Hugging Face transformers as a zip: `model.safetensors`, `config.json`, tokenizer. */
  | { readonly run: RunId; readonly format: 'safetensors' }
  /**
   * A file for llama.cpp, of the weights as the forward product takes them (`quantized`, the default) or as the optimizer keeps
   * them (`master`). What a type cannot hold is refused with `settings`; `master` may be the way out.
   */
  | {
      readonly run: RunId;
      readonly format: 'gguf';
      readonly type: GgufExportType;
      readonly weights?: 'quantized' | 'master';
    };

/** Types that `nibble export --to gguf` has. */
export type GgufExportType = 'F32' | 'F16' | 'BF16' | 'Q8_0' | 'MXFP4' | 'NVFP4';

/** A file to save. */
export interface ExportedFile {
  /** Suggested name, safe on all systems. */
  readonly fileName: string;
  readonly blob: Blob;
  /** What is worth knowing of it, in sentences. */
  readonly notes: readonly string[];
}
