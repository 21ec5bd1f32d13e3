import type { VNode } from 'preact';
import { Choice } from '../page/choice.tsx';
import { themeChoice, themeChoices } from './theme.ts';

/** The switch between light and dark. */
export function ThemeSwitch(): VNode {
  return (
    <Choice
      label="Theme"
      value={themeChoice.value}
      options={themeChoices.map((value) => ({ value, title: value[0]!.toUpperCase() + value.slice(1) }))}
      onChange={(value) => {
        themeChoice.value = value;
      }}
    />
  );
}
