import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { number, shortMoment } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Check } from '../shared/parts/Field';
import { say } from '../shared/parts/Toast';
import { attempt } from './attempt';
import { GrowingTable } from './GrowingTable';
import { growingList, PAGE } from './pages';
import { webhookWords } from './webhook_words';
import type { Delivery, Webhook } from './webhooks_api';
import { adminWords } from './words';

const onlyDead = signal(false);
const LOOK_EVERY_MS = 3_000;

/** What one receiver has not taken yet, why not, and when it is tried again; kept fresh while it is looked at. */
export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = webhookWords();
  const [deliveries] = useState(() => growingList<Delivery>(`/webhooks/${webhook.id}/deliveries`));
  const again = () => deliveries.begin(onlyDead.value ? { dead: 'true' } : {});
  useEffect(() => {
    void again();
    const looking = setInterval(() => {
      if (deliveries.items.value.length <= PAGE) void again();
    }, LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [onlyDead.value]);
  const sendAgain = () =>
    attempt(async () => {
      const { waiting } = await ask<{ waiting: number }>(`/webhooks/${webhook.id}/send-again`, {
        method: 'POST',
      });
      say(t.sentAgain(waiting));
      await again();
    });
  return (
    <Dialog
      title={t.deliveriesOf(webhook.name)}
      onClose={onClose}
      acts={
        <Button look="primary" icon="replay" onClick={() => void sendAgain()}>
          {t.sendAgain}
        </Button>
      }
    >
      <div class="admin__acts">
        <Check
          checked={onlyDead.value}
          onCheck={checked => {
            onlyDead.value = checked;
          }}
        >
          {t.onlyDead}
        </Check>
      </div>
      <GrowingTable
        name="deliveries"
        caption={t.deliveries}
        list={deliveries}
        keyOf={one => one.id}
        empty={{ title: t.nothingWaits, hint: t.nothingWaitsHint }}
        columns={[
          {
            id: 'at',
            title: adminWords().at,
            value: one => one.created_at,
            show: one => shortMoment(one.created_at),
          },
          { id: 'type', title: t.type, value: one => one.type },
          {
            id: 'attempts',
            title: t.attempts,
            value: one => one.attempts,
            show: one => number(one.attempts),
          },
          { id: 'failure', title: t.failure, value: one => one.last_failure ?? '' },
          {
            id: 'next',
            title: t.next,
            value: one => one.try_at ?? '',
            show: one => (one.dead_at || !one.try_at ? t.givenUp : shortMoment(one.try_at)),
          },
        ]}
      />
    </Dialog>
  );
}
