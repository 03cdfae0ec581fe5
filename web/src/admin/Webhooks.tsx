import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { EmptyState, Shown } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import { sharedWords } from '../shared/words';
import { AllowedHosts } from './AllowedHosts';
import { attempt } from './attempt';
import { Deliveries } from './Deliveries';
import { WebhookForm } from './WebhookForm';
import { webhookWords } from './webhook_words';
import { theWebhooks, toldInWords, type Webhook } from './webhooks_api';
import { adminWords } from './words';

/** What is open over the list. */
type Open =
  | { what: 'form' }
  | { what: 'secret'; secret: string }
  | { what: 'waiting' | 'leaving'; of: Webhook };

/** Other systems that are told what happens: added, stopped, forgotten; what they have not taken yet. */
export function Webhooks() {
  const t = webhookWords();
  const a = adminWords();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const again = () => void theWebhooks.put();
  useEffect(again, []);
  const change = ({ id, active }: Webhook) =>
    attempt(async () => {
      await ask(`/webhooks/${id}`, { method: 'PATCH', body: { active: !active } });
      again();
    });
  const remove = ({ id }: Webhook) =>
    attempt(async () => {
      await ask(`/webhooks/${id}`, { method: 'DELETE' });
      close();
      again();
    });
  return (
    <>
      <p class="quiet">{t.hint}</p>
      <div class="admin__acts">
        <Button icon="plus" onClick={() => setOpen({ what: 'form' })}>
          {t.add}
        </Button>
      </div>
      <Shown asked={theWebhooks.asked.value} retry={again} skeletonLines={3}>
        {webhooks =>
          webhooks.length === 0 ? (
            <EmptyState title={t.noneYet} />
          ) : (
            <div class="admin__table">
              <Table
                caption={a.tabs.webhooks}
                rows={webhooks}
                keyOf={one => one.id}
                columns={[
                  { id: 'name', title: a.called, value: one => one.name },
                  {
                    id: 'url',
                    title: t.url,
                    value: one => one.url,
                    show: one => <span class="admin__address">{one.url}</span>,
                  },
                  { id: 'told', title: t.told, value: toldInWords },
                  { id: 'area', title: a.area, value: one => one.area },
                  { id: 'state', title: a.state, value: one => (one.active ? t.running : t.stopped) },
                  {
                    id: 'acts',
                    title: a.change,
                    value: () => '',
                    show: one => (
                      <span class="admin__row-acts">
                        <Button
                          look="quiet"
                          icon="list"
                          onClick={() => setOpen({ what: 'waiting', of: one })}
                        >
                          {t.deliveries}
                        </Button>
                        <Button look="quiet" onClick={() => void change(one)}>
                          {one.active ? t.stop : t.start}
                        </Button>
                        <Button
                          look="quiet"
                          icon="delete"
                          aria-label={`${a.remove} ${one.name}`}
                          onClick={() => setOpen({ what: 'leaving', of: one })}
                        >
                          {a.remove}
                        </Button>
                      </span>
                    ),
                  },
                ]}
              />
            </div>
          )
        }
      </Shown>
      <AllowedHosts />
      {open?.what === 'form' && (
        <WebhookForm
          onClose={close}
          onAdded={secret => {
            setOpen({ what: 'secret', secret });
            again();
          }}
        />
      )}
      {open?.what === 'secret' && (
        <Dialog title={t.secretTitle} onClose={close}>
          <p>{t.secretOnce}</p>
          <p class="admin__link">{open.secret}</p>
        </Dialog>
      )}
      {open?.what === 'waiting' && <Deliveries webhook={open.of} onClose={close} />}
      {open?.what === 'leaving' && (
        <Dialog
          title={a.remove}
          onClose={close}
          acts={
            <>
              <Button look="danger" onClick={() => void remove(open.of)}>
                {a.remove}
              </Button>
              <Button onClick={close}>{sharedWords().cancel}</Button>
            </>
          }
        >
          <p>{t.removeSure(open.of.name)}</p>
        </Dialog>
      )}
    </>
  );
}
