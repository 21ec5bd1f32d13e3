// The entry of the lab's page: starts the worker that trains and shows the page.
import { effect } from '@preact/signals';
import { options, render } from 'preact';
import { App } from './page/app.tsx';
import { connectEngine } from './engine/engine-client.ts';
import { defaultTextUrl } from './state/default-text.ts';
import { openForm } from './state/form.ts';
import { Lab } from './state/lab.ts';
import { watchVisibility } from './state/visibility.ts';
import { applyTheme } from './theme/theme.ts';

// However often runs tell of themselves, the page is made anew once a frame, and not at all while it is hidden.
options.debounceRendering = (renderAll) => requestAnimationFrame(renderAll);
applyTheme();
const engine = connectEngine(
  new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module', name: 'nibble' }),
  (event) => lab.handle(event),
  ({ message }) => lab.tell({ tone: 'error', text: message }),
);
const lab = new Lab(engine, defaultTextUrl);
watchVisibility(lab);
effect(() => {
  if (lab.capabilities.value !== undefined) openForm(lab.capabilities.value);
});
render(<App lab={lab} />, document.querySelector('#lab')!);
await lab.open();
