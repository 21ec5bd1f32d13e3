import { computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { keep, readKept } from '../state/kept.ts';
import { colorSheet } from './color-sheet.ts';

/** Light, dark, or as the reader's system is. */
export type ThemeChoice = 'system' | 'light' | 'dark';

/** The choices, in the order of the switch. */
export const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const KEY = 'nibble-lab-theme';

/** What the reader chose; kept over reloads. */
export const themeChoice: Signal<ThemeChoice> = signal(
  themeChoices.find((choice) => choice === readKept(KEY)) ?? 'system',
);

const system = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(system.matches);

/** Whether the page is dark now. Charts on a canvas are drawn again when it changes. */
export const isDark: ReadonlySignal<boolean> = computed(() =>
  themeChoice.value === 'system' ? systemIsDark.value : themeChoice.value === 'dark',
);

/** Gives the page its colours and keeps them up to date. */
export function applyTheme(): void {
  // Made here and not written into a style sheet, so that pages and reports share one list of colours. The policy
  // forbids style elements; a sheet that a script makes is no element.
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  system.addEventListener('change', ({ matches }) => {
    systemIsDark.value = matches;
  });
  effect(() => {
    sheet.replaceSync(colorSheet(isDark.value));
  });
  effect(() => {
    keep(KEY, themeChoice.value);
  });
}
