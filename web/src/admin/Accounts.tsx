import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import { shortMoment } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { say } from '../shared/parts/Toast';
import type { Grant } from '../shared/session';
import { sharedWords } from '../shared/words';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
import { adminWords } from './words';

interface Account {
  id: string;
  name: string;
  display_name: string;
  grants: Grant[];
  disabled_at: string | null;
  has_password: boolean;
  has_second_factor: boolean;
}
interface SignInLink {
  path: string;
  expires_at: string;
}

const accounts = growingList<Account>('/accounts');

/** Who may sign in, as what and where; a link for a newcomer, and an end for whoever left. */
export function Accounts() {
  const t = adminWords();
  const [search, setSearch] = useState('');
  const [leaving, setLeaving] = useState<Account | null>(null);
  const [link, setLink] = useState<SignInLink | null>(null);
  const again = () => accounts.begin({ q: search.trim() || undefined });
  useEffect(() => void again(), []);
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      if (error instanceof Problem) say(error.detail || error.title);
    }
  };
  const switchTo = (account: Account, disabled: boolean) =>
    attempt(async () => {
      await ask(`/accounts/${account.id}`, { method: 'PATCH', body: { disabled } });
      setLeaving(null);
      await again();
    });
  const mint = (account: Account) =>
    attempt(async () => setLink(await ask<SignInLink>(`/accounts/${account.id}/link`, { method: 'POST' })));
  return (
    <>
      <Field label={t.search}>
        {attributes => (
          <input
            {...attributes}
            type="search"
            value={search}
            onInput={event => setSearch(event.currentTarget.value)}
            onChange={() => void again()}
          />
        )}
      </Field>
      <GrowingTable
        name="accounts"
        caption={t.tabs.accounts}
        list={accounts}
        keyOf={one => one.id}
        columns={[
          { id: 'account', title: t.account, value: one => one.name },
          { id: 'name', title: t.name, value: one => one.display_name },
          {
            id: 'roles',
            title: t.roles,
            value: one =>
              one.grants
                .map(grant => `${grant.role} ${grant.street ?? grant.department ?? grant.area}`)
                .join('; '),
          },
          { id: 'password', title: t.password, value: one => (one.has_password ? t.yes : t.no) },
          { id: 'factor', title: t.secondFactor, value: one => (one.has_second_factor ? t.yes : t.no) },
          {
            id: 'state',
            title: t.state,
            value: one => (one.disabled_at ? t.disabled : t.enabled),
            show: one => (
              <span class="admin__row-acts">
                {one.disabled_at ? t.disabled : t.enabled}
                {one.disabled_at ? (
                  <Button onClick={() => void switchTo(one, false)}>{t.enable}</Button>
                ) : (
                  <>
                    <Button onClick={() => void mint(one)}>{t.link}</Button>
                    <Button look="danger" onClick={() => setLeaving(one)}>
                      {t.disable}
                    </Button>
                  </>
                )}
              </span>
            ),
          },
        ]}
      />
      {leaving && (
        <Dialog
          title={t.disable}
          onClose={() => setLeaving(null)}
          acts={
            <>
              <Button look="danger" onClick={() => void switchTo(leaving, true)}>
                {t.disable}
              </Button>
              <Button onClick={() => setLeaving(null)}>{sharedWords().cancel}</Button>
            </>
          }
        >
          <p>{t.disableSure(leaving.display_name)}</p>
        </Dialog>
      )}
      {link && (
        <Dialog title={t.link} onClose={() => setLink(null)}>
          <p>{t.linkMade}</p>
          <p class="admin__link">{`${location.origin}${link.path}`}</p>
          <p class="quiet">{t.until(shortMoment(link.expires_at))}</p>
        </Dialog>
      )}
    </>
  );
}
