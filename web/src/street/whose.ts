import { effect } from '@preact/signals';
import { remembered } from '../shared/remembered';
import { session } from '../shared/session';

/** Whose phone this was when it last had a network: what is done in a basement is his. */
const isName = (value: unknown): value is string => typeof value === 'string';
export const lastAccount = remembered<string>('street.account', '', isName);

effect(() => {
  const account = session.value?.signed_in ? session.value.account : null;
  if (account) lastAccount.value = account;
});
