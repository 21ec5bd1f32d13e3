import { defaultText } from '../../../apps/trainer/src/data/default-text.ts';
import type { LabText } from '../../../apps/trainer/web/src/engine/protocol.ts';

/** What all runs are trained on. */
export const text: string = defaultText().text.slice(0, 20_000);

/** The same as a visitor gives it. */
export const ownText: Extract<LabText, { type: 'own' }> = { type: 'own', name: 'text.txt', text };
