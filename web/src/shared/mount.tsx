import { Component, type ComponentChildren, type ComponentType, h, render } from 'preact';
import { Button } from './parts/Button';
import { SimulationStrip } from './parts/SimulationStrip';
import { EmptyState } from './parts/States';
import { Toasts } from './parts/Toast';
import './style/tokens.css';
import './style/base.css';
import './theme';
import { sharedWords } from './words';

/** Draw a page, and say so in words if it breaks. */
export function mount(page: ComponentType): void {
  const root = document.getElementById('page');
  if (!root) throw new Error('the page has no place to be drawn in');
  render(
    <Guard>
      <SimulationStrip />
      {h(page, {})}
      <Toasts />
    </Guard>,
    root,
  );
  // Machines without a Chinese font get ours, in pieces and only those that are looked at. It must not
  // hold up the first paint, and without a network the machine's own fonts have to do.
  const later = globalThis.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 500));
  later(() => {
    if (navigator.onLine) void import('./fallback_font').catch(() => undefined);
  });
}

class Guard extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const t = sharedWords();
  return (
    <main>
      <EmptyState
        icon="alert"
        title={t.pageBroke}
        act={
          <Button look="primary" icon="replay" onClick={() => location.reload()}>
            {t.reload}
          </Button>
        }
      >
        {t.pageBrokeDetail}
      </EmptyState>
    </main>
  );
}
