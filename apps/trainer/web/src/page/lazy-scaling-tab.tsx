import { signal } from '@preact/signals';
import type { FunctionComponent, VNode } from 'preact';
import { useEffect } from 'preact/hooks';

const loaded = signal<FunctionComponent | undefined>(undefined);
const failure = signal<string | undefined>(undefined);

/** The scaling-law tab, whose code is loaded when it is opened first. */
export function LazyScalingTab(): VNode {
  useEffect(() => {
    if (loaded.peek() !== undefined) return;
    import('../scaling/scaling-tab.tsx').then(
      ({ ScalingTab }) => {
        loaded.value = ScalingTab;
      },
      () => {
        failure.value = 'This part of the page could not be loaded; reload the page.';
      },
    );
  }, []);
  const Content = loaded.value;
  if (Content !== undefined) return <Content />;
  return <p role="status">{failure.value ?? 'Loading…'}</p>;
}
