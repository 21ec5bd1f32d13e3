import { resolve } from 'node:path';
import type { TrainConfig } from '../config/train-config.ts';
import { defaultText } from '../data/default-text.ts';
import type { NamedText } from '../data/default-text.ts';
import { isHubName } from '../data/hub/hub-name.ts';
import { readText } from '../data/read-text.ts';
import { recipeOf } from './recipe-of.ts';

/** The text that a config names, or the built-in one. */
export function textOf({ data }: TrainConfig): NamedText {
  return data === null ? defaultText() : readText(data);
}

/** The config with its paths made absolute, so that a run can be resumed from anywhere. */
export function withAbsolutePaths(config: TrainConfig): TrainConfig {
  const { data, init, tokenizer } = config;
  return {
    ...config,
    data: data === null || isHubName(data) ? data : resolve(data),
    tokenizer: tokenizer === null ? null : resolve(tokenizer),
    init: init === null ? null : resolve(init),
  };
}

/** A folder name for a new run: recipe and local time. */
export function defaultRunFolder(config: TrainConfig, now: Date): string {
  const recipe = recipeOf(config).name;
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `runs/${recipe}-${date}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
