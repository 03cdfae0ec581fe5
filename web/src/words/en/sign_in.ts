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
  toMap: 'Look at the district map without signing in',
};
