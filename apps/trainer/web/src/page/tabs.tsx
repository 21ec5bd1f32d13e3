import { signal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';

/** One tab. */
export interface Tab {
  /** Part of the page's address. */
  readonly id: string;
  readonly title: string;
  /** Made when the tab is opened. */
  readonly content: () => VNode;
}

/** What {@link Tabs} shows. */
export interface TabsProps {
  readonly tabs: readonly [Tab, ...Tab[]];
  /** Before the titles. */
  readonly head: ComponentChildren;
  /** After the titles. */
  readonly tail: ComponentChildren;
  /** Between titles and content. */
  readonly below: ComponentChildren;
}

const address = signal(location.hash.slice(1));
window.addEventListener('hashchange', () => {
  address.value = location.hash.slice(1);
});

/** Tabs after the pattern of the ARIA Authoring Practices: arrows move between them, the address says which is open. */
export function Tabs({ tabs, head, tail, below }: TabsProps): VNode {
  const open = tabs.find(({ id }) => id === address.value) ?? tabs[0];
  const move = (event: KeyboardEvent): void => {
    const index = tabs.indexOf(open);
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const { id } = tabs[(next + tabs.length) % tabs.length]!;
    choose(id);
    document.querySelector<HTMLElement>(`#tab-${id}`)?.focus();
  };
  return (
    <>
      <header>
        <div class="bar">
          {head}
          <div role="tablist" aria-label="Parts of the lab" onKeyDown={move}>
            {tabs.map(({ id, title }) => (
              <button
                key={id}
                type="button"
                role="tab"
                id={`tab-${id}`}
                aria-selected={id === open.id}
                aria-controls={`panel-${id}`}
                tabIndex={id === open.id ? 0 : -1}
                onClick={() => choose(id)}
              >
                {title}
              </button>
            ))}
          </div>
          {tail}
        </div>
      </header>
      <main>
        {below}
        {tabs.map(({ id, content }) => (
          <div
            key={id}
            role="tabpanel"
            id={`panel-${id}`}
            aria-labelledby={`tab-${id}`}
            hidden={id !== open.id}
          >
            {id === open.id && content()}
          </div>
        ))}
      </main>
    </>
  );
}

function choose(id: string): void {
  history.replaceState(null, '', `#${id}`);
  address.value = id;
}
