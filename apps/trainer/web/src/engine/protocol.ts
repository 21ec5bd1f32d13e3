/**
 * The messages between the lab's page and the worker that trains.
 *
 * The page asks by {@link EngineRequests}: each request gets one answer, its result or an {@link EngineError}. The worker
 * tells on its own by {@link EngineEvent}. `connectEngine` of `engine-client.ts` turns both into functions; the page needs
 * nothing else of this folder.
 *
 * What happens in a run reaches the page as the very lines of its `metrics.jsonl`, live ({@link MetricsEvent}) and when a
 * run is opened ({@link RunContents}), so that one reducer draws both.
 */
import type { LlamaConfig } from '@nibble-ml/llama';
import type { LinearRole } from '@nibble-ml/recipes';
import type { TrainConfig } from '../../../src/config/train-config.ts';
import type { MetricsLine } from './metrics-line.ts';

/** Names one run in this browser: a folder in the origin's private file system. Never changes, unlike the run's name. */
export type RunId = string;

/** Backends that train in a browser. */
export type LabBackend = 'webgpu' | 'wasm';

/** Every request: what the page gives and what it gets. */
export interface EngineRequests {
  /** What this browser can do, and what there is to choose from. Opens no device and writes nothing. */
  probe: { readonly params: Record<never, never>; readonly result: Capabilities };
  /** All runs, newest first. */
  listRuns: { readonly params: Record<never, never>; readonly result: readonly RunSummary[] };
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
   * Has histograms of one layer of a run sent ({@link HistogramEvent}) while it trains, the first at once; `null` stops
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

/** What went wrong, for a person and for the page. */
export interface EngineError {
  readonly kind: EngineErrorKind;
  /** What happened, and after the last semicolon what to do; complete sentences of plain text. */
  readonly message: string;
  /** With `in-use`: the tab that has the run, as `the tab opened at 14:03:07`. */
  readonly owner?: string;
  /** With `damaged`, where an older checkpoint is whole: its step, for `fromStep` of `resumeRun`. */
  readonly wholeStep?: number;
}

/**
 * Kinds of errors, each with its own way out:
 * - `settings`: a value is wrong, or the text too short; `message` names it. Nothing was written.
 * - `in-use`: another tab has the run; pause or close it there.
 * - `no-webgpu`: there is no adapter; take wasm, or see `Capabilities.webgpu`.
 * - `device-lost`: the GPU went away. The run is as of its last checkpoint; `resumeRun` opens a new device.
 * - `out-of-memory`: the device or wasm's 4 GiB are full; a smaller batch, context or model. The last checkpoint is whole.
 * - `quota`: the browser gives no more disk; delete or export runs. The last checkpoint is whole.
 * - `text-missing`: the run's text is not in this browser, or is another; give it to `resumeRun`.
 * - `diverged`: the loss is no number any more; the message names the step and tensor.
 * - `damaged`: a file of a run or zip is torn or changed.
 * - `no-storage`: the browser lets the page keep no files, as in some private windows.
 * - `unexpected`: anything else, in its own words.
 */
export type EngineErrorKind =
  | 'settings'
  | 'in-use'
  | 'no-webgpu'
  | 'device-lost'
  | 'out-of-memory'
  | 'quota'
  | 'text-missing'
  | 'diverged'
  | 'damaged'
  | 'no-storage'
  | 'unexpected';

/** What a browser can do. */
export interface Capabilities {
  readonly webgpu: WebGpuCapability;
  /** WebAssembly with SIMD, which wasm needs; and whether it has relaxed SIMD, which is faster. */
  readonly wasm: { readonly available: boolean; readonly relaxedSimd: boolean };
  /** What a run trains on where the visitor does not say. */
  readonly defaultBackend: LabBackend | null;
  readonly storage: {
    /** Whether runs can be kept at all. */
    readonly available: boolean;
    /** Bytes that this origin has used of its quota; an estimate. */
    readonly usedBytes: number;
    readonly quotaBytes: number;
    /** Whether the browser has promised not to delete runs when disk is short. */
    readonly isPersistent: boolean;
  };
  readonly catalog: Catalog;
}

/** WebGPU here: usable, or why not. */
export type WebGpuCapability =
  | {
      readonly available: true;
      /** The GPU as its driver words it. */
      readonly adapter: string;
      /** Whether it runs on the CPU: then wasm is faster. */
      readonly software: boolean;
    }
  | {
      readonly available: false;
      /**
       * `no-api`: the browser has no WebGPU, or not in workers or on insecure pages; `no-adapter`: it has, but found no
       * GPU it may use; `too-small`: the adapter lacks a limit that the kernels need.
       */
      readonly reason: 'no-api' | 'no-adapter' | 'too-small';
      readonly message: string;
    };

/** What there is to choose from. */
export interface Catalog {
  readonly models: readonly ModelChoice[];
  readonly recipes: readonly RecipeChoice[];
  readonly defaults: LabSettings;
}

/** A model of the zoo that may be trained in a page, smallest first. */
export interface ModelChoice {
  readonly name: string;
  readonly config: LlamaConfig;
  /** With the model's own vocabulary and context. */
  readonly parameters: number;
}

/** A precision recipe. */
export interface RecipeChoice {
  readonly name: string;
  readonly description: string;
  /** arXiv id and section. */
  readonly source: string;
  /** Exponent parameter k of its differentiable gradient estimator; `null` where it has none. */
  readonly dgeK: number | null;
  /** Two-sided quantile at which it clamps activations, such as 0.99; `null` where it clamps none. */
  readonly occAlpha: number | null;
}

/** The settings of a run that the page may choose; all others are the defaults of `nibble train`. */
export type LabSettings = Pick<
  TrainConfig,
  | 'model'
  | 'recipe'
  | 'vocabSize'
  | 'context'
  | 'batchSize'
  | 'steps'
  | 'learningRate'
  | 'seed'
  | 'evalEvery'
  | 'checkpointEvery'
  | 'sampleEvery'
  | 'sampleTokens'
>;

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

/** What a run is doing. */
export type RunState =
  /** Not under way; `resumeRun` goes on. */
  | { readonly type: 'paused' }
  /** Its text, vocabulary or device is being made ready; `doing` is a sentence for people. */
  | { readonly type: 'preparing'; readonly doing: string }
  | { readonly type: 'training' }
  /** All steps are done, and the model is being evaluated. */
  | { readonly type: 'finishing' }
  | { readonly type: 'done' }
  /** Ended by an error; `resumeRun` goes on from the last checkpoint once its cause is gone. */
  | { readonly type: 'failed'; readonly error: EngineError }
  /** Another tab trains it; `owner` is as in {@link EngineError}. */
  | { readonly type: 'elsewhere'; readonly owner: string };

/** A run in a list. */
export interface RunSummary {
  readonly run: RunId;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly state: RunState;
  /** The whole resolved configuration. */
  readonly config: TrainConfig;
  readonly backend: string;
  readonly adapter: string;
  /** Parameters of the model. */
  readonly parameters: number;
  /** Steps that metrics are there for. */
  readonly step: number;
  /** Step of the newest checkpoint, which export takes and `resumeRun` goes on from; 0 before the first. */
  readonly savedStep: number;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Where its text is: with the run, the default one, or not in this browser. */
  readonly text: 'own' | 'default' | 'missing';
  readonly textName: string;
}

/** A run with its curves. */
export interface RunContents {
  readonly summary: RunSummary;
  /** All lines of its `metrics.jsonl`, in order. */
  readonly lines: readonly MetricsLine[];
  /** Layers that can be watched, in the order of the forward pass. */
  readonly layers: readonly LayerChoice[];
}

/** A linear layer of a block. */
export interface LayerChoice {
  readonly role: Exclude<LinearRole, 'head'>;
  /** Index of the block. */
  readonly block: number;
}

/** What the worker tells on its own. */
export type EngineEvent =
  SummaryEvent | RunDeletedEvent | ProgressEvent | MetricsEvent | HistogramEvent | MemoryEvent;

/** What takes a moment before the runs of `startRuns` are there: its device, its vocabulary. */
export interface ProgressEvent {
  readonly type: 'progress';
  /** A few words for people. */
  readonly doing: string;
}

/** A run is new or its state or checkpoint has changed. Also sent for runs that other tabs change. */
export interface SummaryEvent {
  readonly type: 'summary';
  readonly summary: RunSummary;
}

/** A run is gone. */
export interface RunDeletedEvent {
  readonly type: 'deleted';
  readonly run: RunId;
}

/**
 * New lines of a run, in order, at most every 50 ms however fast the steps are. A resumed run repeats the steps after its last
 * checkpoint: on a line whose step is not above those drawn, drop what was drawn from that step on.
 */
export interface MetricsEvent {
  readonly type: 'metrics';
  readonly run: RunId;
  readonly lines: readonly MetricsLine[];
}

/** A picture of one watched layer, at most one a second. */
export interface HistogramEvent {
  readonly type: 'histogram';
  readonly run: RunId;
  readonly layer: LayerChoice;
  /** Optimizer steps done. */
  readonly step: number;
  readonly weights: GridHistogram;
  /** Of at most 1024 validation tokens, the same ones every time. */
  readonly activations: GridHistogram;
}

/**
 * Values on the E2M1 grid: in units of the scale of their row (token, or output channel), so that the row's largest magnitude
 * after clamping lies at 6. The unit is the same for every recipe, f32 too, so that recipes can be compared.
 */
export interface GridHistogram {
  /** Lower edge of the first bin; `-start` is the upper edge of the last. Outermost bins hold all beyond. */
  readonly start: number;
  /** 0.25: each bin within -6 and 6 rounds to one code. */
  readonly binWidth: number;
  /** Values per bin. Beyond -6 and 6 is the tail that clamping cuts off. */
  readonly counts: readonly number[];
  /** Values rounded to each code, of -6 -4 -3 -2 -1.5 -1 -0.5 0 0.5 1 1.5 2 3 4 6, what was clamped at its bound. */
  readonly codeCounts: readonly number[];
  /**
   * Where OCC clamps, in the same units: means over the rows of the lower and upper quantile, of which in each row the larger
   * magnitude is 6. `null` where the recipe does not clamp.
   */
  readonly thresholds: { readonly low: number; readonly high: number } | null;
  /** Share of the values that clamping cuts off, 0 to 1; 0 where it does not clamp. */
  readonly clippedShare: number;
  /** Signal-to-quantization-noise ratio of the recipe's own operand in decibels; `null` where nothing is rounded. */
  readonly decibels: number | null;
}

/** Memory, about once a second while a run trains. */
export interface MemoryEvent {
  readonly type: 'memory';
  /** Tensors alive, of all runs. */
  readonly tensors: number;
  /** Bytes of these tensors. */
  readonly tensorBytes: number;
  /** Bytes that are taken from the device: GPU buffers with their pool, or wasm's heap. */
  readonly deviceBytes: number;
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
