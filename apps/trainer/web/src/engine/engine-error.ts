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
