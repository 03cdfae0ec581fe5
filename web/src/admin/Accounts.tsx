import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { shortMoment } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import type { Grant } from '../shared/session';
import { sharedWords } from '../shared/words';
import { AccountForm } from './AccountForm';
import { attempt } from './attempt';
import { GrowingTable } from './GrowingTable';
import { grantInWords } from './grants';
import { growingList } from './pages';
import { SearchField } from './SearchField';
import { adminWords } from './words';

export interface Account {
  id: string;
  name: string;
  display_name: string;
  grants: Grant[];
  disabled_at: string | null;
  has_password: boolean;
  has_second_factor: boolean;
}
export interface SignInLink {
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
  const [editing, setEditing] = useState<Account | 'new' | null>(null);
  const switchTo = (account: Account, disabled: boolean) =>
    attempt(async () => {
      await ask(`/accounts/${account.id}`, { method: 'PATCH', body: { disabled } });
      setLeaving(null);
      await again();
    });
  const dropFactor = (account: Account) =>
    attempt(async () => {
      await ask(`/accounts/${account.id}/second-factor`, { method: 'DELETE' });
      await again();
    });
  const mint = (account: Account) =>
    attempt(async () => setLink(await ask<SignInLink>(`/accounts/${account.id}/link`, { method: 'POST' })));
  return (
    <>
      <div class="admin__acts">
        <SearchField value={search} onType={setSearch} onSearch={() => void again()} />
        <Button icon="plus" onClick={() => setEditing('new')}>
          {t.addAccount}
        </Button>
      </div>
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
            value: one => one.grants.map(grantInWords).join('; '),
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
                    <Button look="quiet" icon="edit" onClick={() => setEditing(one)}>
                      {t.change}
                    </Button>
                    <Button onClick={() => void mint(one)}>{t.link}</Button>
                    {one.has_second_factor && (
                      <Button look="quiet" onClick={() => void dropFactor(one)}>
                        {t.dropFactor}
                      </Button>
                    )}
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
      {editing && (
        <AccountForm
          account={editing}
          onClose={() => setEditing(null)}
          onSaved={made => {
            setEditing(null);
            setLink(made);
            void again();
          }}
        />
      )}
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
