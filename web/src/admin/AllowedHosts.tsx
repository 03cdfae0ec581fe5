import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { sharedWords } from '../shared/words';
import { attempt } from './attempt';
import { webhookWords } from './webhook_words';
import { theHosts } from './webhooks_api';
import { adminWords } from './words';

/** The hosts inside the network that may be called, by name; all others there never are. */
export function AllowedHosts() {
  const t = webhookWords();
  const [text, setText] = useState<string | null>(null);
  const again = () => void theHosts.put();
  useEffect(again, []);
  const save = (typed: string) =>
    attempt(async () => {
      const hosts = typed.split(/[\s,，;；]+/).filter(Boolean);
      await ask('/webhook-hosts', { method: 'PUT', body: hosts });
      setText(null);
      say(t.hostsSaved);
      again();
    });
  return (
    <>
      <h2>{t.hosts}</h2>
      <Shown asked={theHosts.asked.value} retry={again} skeletonLines={1}>
        {hosts => (
          <div class="admin__row-acts">
            <span>{hosts.length > 0 ? hosts.join(adminWords().listJoin) : t.noHosts}</span>
            <Button look="quiet" icon="edit" onClick={() => setText(hosts.join('\n'))}>
              {adminWords().change}
            </Button>
          </div>
        )}
      </Shown>
      {text !== null && (
        <Dialog
          title={t.hosts}
          onClose={() => setText(null)}
          acts={
            <>
              <Button look="primary" onClick={() => void save(text)}>
                {adminWords().keep}
              </Button>
              <Button onClick={() => setText(null)}>{sharedWords().cancel}</Button>
            </>
          }
        >
          <Field label={t.hosts} hint={t.hostsHint}>
            {attributes => (
              <textarea
                {...attributes}
                rows={5}
                value={text}
                onInput={event => setText(event.currentTarget.value)}
              />
            )}
          </Field>
        </Dialog>
      )}
    </>
  );
}
