import { useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { nameOf } from '../shared/language';
import { Field } from '../shared/parts/Field';
import { SearchBox } from '../shared/parts/SearchBox';
import type { Grant } from '../shared/session';
import { postName } from '../shared/words';
import type { Account, SignInLink } from './Accounts';
import { findPeople } from './find_people';
import { Grants } from './grants';
import { SavingDialog } from './SavingDialog';
import { adminWords } from './words';

interface AccountFormProps {
  account: Account | 'new';
  onClose: () => void;
  /** Saved; a new account comes with the link for its owner. */
  onSaved: (link: SignInLink | null) => void;
}

/** A new account, or what an account may do. */
export function AccountForm({ account, onClose, onSaved }: AccountFormProps) {
  const t = adminWords();
  const isNew = account === 'new';
  const [name, setName] = useState('');
  const [display, setDisplay] = useState(isNew ? '' : account.display_name);
  const [person, setPerson] = useState<{ id: string; title: string } | null>(null);
  const [grants, setGrants] = useState<Grant[]>(isNew ? [] : account.grants);
  const create = async () => {
    const made = await ask<{ link: SignInLink }>('/accounts', {
      method: 'POST',
      body: { name: name.trim(), display_name: display.trim(), person: person?.id ?? null, grants },
    });
    return made.link;
  };
  const change = async (one: Account) => {
    const told = { display_name: display.trim(), ...(person ? { person: person.id } : {}) };
    await ask(`/accounts/${one.id}`, { method: 'PATCH', body: told });
    await ask(`/accounts/${one.id}/grants`, { method: 'PUT', body: grants });
    return null;
  };
  return (
    <SavingDialog
      title={isNew ? t.addAccount : account.name}
      ready={display.trim() !== '' && (!isNew || name.trim().length >= 2)}
      onSave={async () => onSaved(isNew ? await create() : await change(account))}
      onClose={onClose}
    >
      {isNew && (
        <Field label={t.account} hint={t.accountHint}>
          {attributes => (
            <input
              {...attributes}
              autocomplete="off"
              value={name}
              onInput={event => setName(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <Field label={t.name}>
        {attributes => (
          <input {...attributes} value={display} onInput={event => setDisplay(event.currentTarget.value)} />
        )}
      </Field>
      <fieldset class="admin__finder">
        <legend>{t.belongsTo}</legend>
        <SearchBox
          inputId="account-person"
          placeholder={t.findBy.person}
          find={findPeople}
          keyOf={one => one.id}
          show={one => `${nameOf(one)} · ${postName(one.post)} · ${one.area}`}
          onChoose={one => setPerson({ id: one.id, title: nameOf(one) })}
          nothingFound={t.nothingCalled}
        />
        {person && (
          <p class="small" role="status">
            {t.chosen(person.title)}
          </p>
        )}
      </fieldset>
      <Grants grants={grants} onChange={setGrants} />
    </SavingDialog>
  );
}
