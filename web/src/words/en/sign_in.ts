import type { Translated } from '../../shared/language';
import type { signIn as zh } from '../zh/sign_in';

export const signIn: Translated<typeof zh> = {
  title: 'Sign in',
  lead: 'Sign in with the account that an administrator gave you, or open your one-time link.',
  name: 'Account',
  password: 'Password',
  code: 'Authenticator code',
  codeHint: 'Six digits, if your account has an authenticator',
  submit: 'Sign in',
  confirm: 'Confirm',
  linkUnderWay: 'Signing in with the link…',
  linkFailed: 'This link cannot be used any more',
  linkFailedHint:
    'A link works once, and for a limited time. Ask an administrator for a new one, or use a password.',
  signedInAs: name => `Signed in as ${name}`,
  goOn: 'Go to work',
  secondFactor: 'The code of your authenticator is still needed',
  noAuthenticator: 'No authenticator set up yet?',
  setUp: 'Set one up',
  keyLead:
    'Add an account in the authenticator on your phone, enter this key, then the six digits that it shows.',
  key: 'Key',
  openApp: 'Open in the authenticator on this device',
  byProvider: name => `Sign in with ${name}`,
  providerFailed: 'Signing in from outside did not work',
  providerHints: {
    unknown: 'No account here belongs to your outside account yet. Hand this identifier to an administrator:',
    stale: 'The attempt has expired or was begun in another browser. Press the sign-in button again.',
    declined: 'The outside system did not finish signing you in. Try again, or use a password.',
    failed:
      'The answer of the outside system could not be verified. Try again; tell an administrator if it happens again.',
    unreachable: 'The outside system cannot be reached at the moment. Try again later, or use a password.',
  },
  toMap: 'Look at the district map without signing in',
};
