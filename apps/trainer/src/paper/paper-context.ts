import type { Experiment } from './experiment.ts';
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

/** The command that gives an experiment's results again; a formula needs no scale. */
export function commandOf({ kind, id }: Experiment, { command }: PaperContext): string {
  return kind === 'speed-model' ? `nibble paper ${id}` : `${command} ${id}`;
}

/** What an experiment writes: a CSV of its rows, a drawing, a section, and possibly further CSV files. */
export interface ExperimentFiles {
  /** By file name. */
  readonly files: Readonly<Record<string, string>>;
}
