import type { VNode } from 'preact';
import { LabContext } from '../state/lab-context.ts';
import type { Lab } from '../state/lab.ts';
import { ThemeSwitch } from '../theme/theme-switch.tsx';
import { TrainTab } from '../train/train-tab.tsx';
import { LazyScalingTab } from './lazy-scaling-tab.tsx';
import { Notices } from './notices.tsx';
import { Tabs } from './tabs.tsx';

/** The whole page. */
export function App({ lab }: { readonly lab: Lab }): VNode {
  return (
    <LabContext.Provider value={lab}>
      <Tabs
        head={<h1>Nibble lab</h1>}
        tail={<ThemeSwitch />}
        below={<Notices />}
        tabs={[
          { id: 'train', title: 'Train', content: () => <TrainTab /> },
          { id: 'scaling-law', title: 'Scaling law', content: () => <LazyScalingTab /> },
        ]}
      />
    </LabContext.Provider>
  );
}
