import type { PaperSettings } from './paper-settings.ts';
import type { PaperText } from './paper-text.ts';

/** What all experiments of one call share. */
export interface PaperContext {
  readonly settings: PaperSettings;
  readonly text: PaperText;
  /** Folder of the runs. */
  readonly runsDir: string;
  /** Folder of the results. */
  readonly outDir: string;
  /** The command that gives the same results again, without an experiment's name. */
  readonly command: string;
  /** Today, as `2026-11-22`. */
  readonly date: string;
}

/** What an experiment writes: a CSV of its rows, a drawing, a section, and possibly further CSV files. */
export interface ExperimentFiles {
  /** By file name. */
  readonly files: Readonly<Record<string, string>>;
}
