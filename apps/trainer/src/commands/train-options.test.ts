import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { flagOf } from '../config/written-setting.ts';
import { addSettingOptions, flaggedSettings } from './train-options.ts';

describe('addSettingOptions', () => {
  it('has a flag for every setting but the preset, which stands apart, once', () => {
    const settings = Object.keys(defaultConfig).filter((key) => key !== 'preset');
    expect(flaggedSettings.toSorted()).toEqual(settings.toSorted());
  });

  it('shows them under headings, with their defaults', () => {
    const help = addSettingOptions(new Command('train')).configureHelp({ helpWidth: 200 }).helpInformation();
    for (const heading of ['Data:', 'Model and precision:', 'Optimizer:', 'Run:'])
      expect(help).toContain(`\n${heading}\n`);
    expect(help).toMatch(/--learning-rate <number> +highest learning rate \(default 0\.002\)/);
    expect(help).toMatch(/--overfit-batch +train on the first batch/);
  });

  it('gives commander the names of the settings', () => {
    const command = addSettingOptions(new Command('train'));
    const args = flaggedSettings.flatMap((key) =>
      typeof defaultConfig[key] === 'boolean' ? [flagOf(key)] : [flagOf(key), '1'],
    );
    const options: object = command.parse(args, { from: 'user' }).opts();
    expect(Object.keys(options).toSorted()).toEqual(flaggedSettings.toSorted());
  });

  it('leaves what is on without a word to the config, unless it is turned off', () => {
    const parsed = (...args: string[]): object =>
      addSettingOptions(new Command('train')).parse(args, { from: 'user' }).opts();
    expect(parsed()).toEqual({});
    expect(parsed('--no-layer-statistics')).toEqual({ layerStatistics: false });
  });
});
