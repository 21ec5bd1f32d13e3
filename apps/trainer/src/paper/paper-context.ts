import { isQat } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import type { PaperSettings } from './paper-settings.ts';
import type { QatSettings } from './qat/grid-settings.ts';
import type { PaperText } from './paper-text.ts';

/** What all experiments of one call share. */
export interface PaperContext {
  readonly settings: PaperSettings;
  /** The grid of what rests on arXiv 2505.14302. */
  readonly qat: QatSettings;
  readonly text: PaperText;
  /** Folder of the runs. */
  readonly runsDir: string;
  /** Folder of the results. */
  readonly outDir: string;
  /** The commands that give the same results again, without an experiment's name. */
  readonly commands: { readonly ofOneModel: string; readonly ofGrid: string };
  /** Today, as `2026-11-22`. */
  readonly date: string;
}

/** The command that gives an experiment's results again; a formula needs no scale. */
export function commandOf(experiment: Experiment, { commands }: PaperContext): string {
  const { kind, id } = experiment;
  if (kind === 'speed-model') return `nibble paper ${id}`;
  return `${isQat(experiment) ? commands.ofGrid : commands.ofOneModel} ${id}`;
}

/** What an experiment writes: a CSV of its rows, a drawing, a section, and possibly further CSV files. */
export interface ExperimentFiles {
  /** By file name. */
  readonly files: Readonly<Record<string, string>>;
}
