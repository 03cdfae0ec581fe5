import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { inAddress } from '../shared/address';
import { Problem } from '../shared/api';
import { catalogue } from '../shared/language';
import { LanguageSwitch, ThemeSwitch } from '../shared/parts/Bar';
import { Button } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import {
  beginSecondFactor,
  confirmSecondFactor,
  type Enrolment,
  homeOf,
  providerAddress,
  readProvider,
  readSession,
  session,
  signInByLink,
  signInByPassword,
  signOut,
} from '../shared/session';
import { sharedWords } from '../shared/words';
import { signIn as en } from '../words/en/sign_in';
import { signIn as zh } from '../words/zh/sign_in';
import './sign_in.css';

const words = catalogue(zh, en);

const busy = signal(false);
const refused = signal<Problem | null>(null);
const linkFailed = signal(false);
const provider = signal<string | null>(null);
const providerSaid = signal<{ why: string; subject: string | null } | null>(null);
const enrolment = signal<Enrolment | null>(null);

/** The secret of a one-time link stands behind the #: browsers never send it anywhere by themselves. */
function linkInAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('link');
}

/** Why the outside provider did not work stands behind the # too. */
function heedProvider(): void {
  const told = new URLSearchParams(location.hash.slice(1));
  const why = told.get('provider');
  if (!why) return;
  providerSaid.value = { why, subject: told.get('subject') };
  history.replaceState(null, '', location.pathname + location.search);
}

async function attempt(act: () => Promise<void>): Promise<boolean> {
  busy.value = true;
  refused.value = null;
  try {
    await act();
    goOn();
    return true;
  } catch (error) {
    refused.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
    return false;
  } finally {
    busy.value = false;
  }
}

function goOn(): void {
  const now = session.value;
  if (now?.signed_in && !now.awaits_second_factor) location.replace(homeOf(now, inAddress('next')));
}

export function SignInPage() {
  const t = words();
  useEffect(() => {
    const link = linkInAddress();
    readProvider().then(
      name => {
        provider.value = name;
      },
      () => undefined, // without an answer there is no button; the other ways stand
    );
    if (!link) {
      heedProvider();
      void readSession();
      return;
    }
    history.replaceState(null, '', location.pathname + location.search);
    void attempt(() => signInByLink(link)).then(done => {
      linkFailed.value = !done;
      if (done) refused.value = null;
    });
  }, []);
  useEffect(() => {
    document.title = `${t.title} · ${sharedWords().product}`;
  }, [t]);
  const now = session.value;
  return (
    <div class="sign-in">
      <header class="sign-in__bar">
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main class="sign-in__box">
        <h1>
          {sharedWords().product} <span class="quiet">{t.title}</span>
        </h1>
        {now?.signed_in && !now.awaits_second_factor ? <SignedIn name={now.name} /> : <Forms />}
        <p>
          <a href="/">{t.toMap}</a>
        </p>
      </main>
    </div>
  );
}

function SignedIn({ name }: { name: string }) {
  const t = words();
  return (
    <div class="sign-in__form">
      <p>{t.signedInAs(name)}</p>
      <Button look="primary" onClick={goOn}>
        {t.goOn}
      </Button>
      <Button onClick={() => void signOut()}>{sharedWords().signOut}</Button>
    </div>
  );
}

function Forms() {
  const t = words();
  if (busy.value && !refused.value && linkInAddress()) return <p role="status">{t.linkUnderWay}</p>;
  return (
    <>
      {linkFailed.value && (
        <div class="sign-in__refused" role="alert">
          <strong>{t.linkFailed}</strong>
          <p>{t.linkFailedHint}</p>
        </div>
      )}
      {refused.value && !linkFailed.value && (
        <div class="sign-in__refused" role="alert">
          <strong>{refused.value.title}</strong>
          <p>{refused.value.detail}</p>
        </div>
      )}
      {providerSaid.value && <ProviderRefused {...providerSaid.value} />}
      {session.value?.awaits_second_factor ? <SecondFactorForm /> : <PasswordForm />}
    </>
  );
}

function ProviderRefused({ why, subject }: { why: string; subject: string | null }) {
  const t = words();
  const hints: Record<string, string> = t.providerHints;
  return (
    <div class="sign-in__refused" role="alert">
      <strong>{t.providerFailed}</strong>
      <p>{hints[why] ?? t.providerHints.failed}</p>
      {subject && <code class="sign-in__key">{subject}</code>}
    </div>
  );
}

function PasswordForm() {
  const t = words();
  return (
    <>
      {provider.value && (
        <a class="button" href={providerAddress(inAddress('next'))}>
          {t.byProvider(provider.value)}
        </a>
      )}
      <NameAndPassword />
    </>
  );
}

function NameAndPassword() {
  const t = words();
  return (
    <Form
      submit={t.submit}
      onSubmit={entered => signInByPassword(entered('name'), entered('password'), entered('code'))}
    >
      <p class="quiet">{t.lead}</p>
      <Field label={t.name}>
        {attributes => <input {...attributes} name="name" type="text" autocomplete="username" required />}
      </Field>
      <Field label={t.password}>
        {attributes => (
          <input {...attributes} name="password" type="password" autocomplete="current-password" required />
        )}
      </Field>
      <Field label={t.code} hint={t.codeHint}>
        {attributes => (
          <input {...attributes} name="code" type="text" inputmode="numeric" autocomplete="one-time-code" />
        )}
      </Field>
    </Form>
  );
}

function SecondFactorForm() {
  return (
    <>
      {enrolment.value ? <KeyShown enrolled={enrolment.value} /> : <SetUp />}
      <CodeForm />
    </>
  );
}

function SetUp() {
  const t = words();
  const begin = async () => {
    refused.value = null;
    try {
      enrolment.value = await beginSecondFactor();
    } catch (error) {
      refused.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
    }
  };
  return (
    <p class="sign-in__set-up">
      {t.noAuthenticator} <Button onClick={() => void begin()}>{t.setUp}</Button>
    </p>
  );
}

function KeyShown({ enrolled }: { enrolled: Enrolment }) {
  const t = words();
  return (
    <div class="sign-in__form">
      <p>{t.keyLead}</p>
      <p>
        {t.key} <code class="sign-in__key">{enrolled.key.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <a href={enrolled.address}>{t.openApp}</a>
    </div>
  );
}

function CodeForm() {
  const t = words();
  return (
    <Form submit={t.confirm} onSubmit={entered => confirmSecondFactor(entered('code'))}>
      <p>{t.secondFactor}</p>
      <Field label={t.code}>
        {attributes => (
          <input
            {...attributes}
            name="code"
            type="text"
            inputmode="numeric"
            autocomplete="one-time-code"
            required
          />
        )}
      </Field>
    </Form>
  );
}

interface FormProps {
  submit: string;
  onSubmit: (entered: (name: string) => string) => Promise<void>;
  children: ComponentChildren;
}

function Form({ submit, onSubmit, children }: FormProps) {
  return (
    <form
      class="sign-in__form"
      onSubmit={event => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        linkFailed.value = false;
        void attempt(() => onSubmit(name => String(data.get(name) ?? '')));
      }}
    >
      {children}
      <Button look="primary" type="submit" busy={busy.value}>
        {submit}
      </Button>
    </form>
  );
}
