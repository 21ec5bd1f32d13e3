import { darkColors, drawingStyle, lightColors } from '../../../src/report/report-style.ts';

/** Colours that only the page has, for what can be pressed: white on the first, ink on the last. */
const lightControls =
  '--accent: #2a6fdb; --accent-strong: #1f5bb8; --on-accent: #ffffff; --selected: #e8eefa;';
const darkControls =
  '--accent: #5b9bff; --accent-strong: #7fb2ff; --on-accent: #0d1420; --selected: #24304a;';

/** The style sheet of one theme: the colours that the page shares with reports, and what charts are drawn of. */
export function colorSheet(isDark: boolean): string {
  return `:root { color-scheme: ${isDark ? 'dark' : 'light'}; ${isDark ? darkColors + darkControls : lightColors + lightControls} }
${drawingStyle}`;
}
