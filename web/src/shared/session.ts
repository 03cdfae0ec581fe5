import { computed, signal } from '@preact/signals';
import { ask, Problem, SHORT_PATIENCE_MS } from './api';

/** Who sits here, and what he may do; the server decides anew with every request. */

export interface Grant {
  role: string;
  area: string;
  street: string | null;
  department: string | null;
}

export interface Session {
  signed_in: boolean;
  account: string | null;
  name: string;
  person: string | null;
  district: string;
  grants: Grant[];
  permissions: string[];
  awaits_second_factor: boolean;
  expires_at: string | null;
}

export const session = signal<Session | null>(null);
/** Why the session could not be read, if it could not. */
export const sessionProblem = signal<Problem | null>(null);

export const permissions = computed(() => new Set(session.value?.permissions ?? []));
export const may = (permission: string): boolean => permissions.value.has(permission);

export async function readSession(): Promise<void> {
  try {
    session.value = await ask<Session>('/session', { patience_ms: SHORT_PATIENCE_MS });
    sessionProblem.value = null;
  } catch (error) {
    sessionProblem.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
  }
}

export async function signInByLink(link: string): Promise<void> {
  session.value = await ask<Session>('/session/link', { method: 'POST', body: { link } });
}

export async function signInByPassword(name: string, password: string, code: string): Promise<void> {
  session.value = await ask<Session>('/session', { method: 'POST', body: { name, password, code } });
}

export async function confirmSecondFactor(code: string): Promise<void> {
  session.value = await ask<Session>('/session/second-factor', { method: 'PUT', body: { code } });
}

export interface Enrolment {
  key: string;
  address: string;
}

/** Draw a key for an authenticator; it counts once a first code has confirmed it. */
export async function beginSecondFactor(): Promise<Enrolment> {
  return await ask<Enrolment>('/session/second-factor', { method: 'POST' });
}

/** What the outside provider is called that one can sign in by; null where there is none. */
export async function readProvider(): Promise<string | null> {
  return (await ask<{ provider: string | null }>('/session/ways')).provider;
}

/** Where the browser goes to sign in by the outside provider, and to that page after. */
export function providerAddress(next: string | null): string {
  return `/api/v1/session/provider${next ? `?next=${encodeURIComponent(next)}` : ''}`;
}

/** The server forgets the session; one that was over already is no trouble. */
export async function endSession(): Promise<void> {
  await ask('/session', { method: 'DELETE' }).catch(error => {
    if (!(error instanceof Problem && error.status === 401)) throw error;
  });
}

export async function signOut(): Promise<void> {
  await endSession();
  session.value = null;
  location.assign(signInAddress());
}

/** The sign-in page, and back here after. */
export function signInAddress(): string {
  const here = `${location.pathname}${location.search}`;
  return here === '/sign-in' ? here : `/sign-in?next=${encodeURIComponent(here)}`;
}

const HOMES: Record<string, string> = {
  operator: '/desk',
  supervisor: '/desk',
  administrator: '/admin',
  auditor: '/admin',
  planner: '/plan',
  street_chief: '/street',
  task_force_member: '/street',
  grid_worker: '/street',
  department_contact: '/department',
  resident: '/report',
};

/** Where somebody's work is: where he came from, if that was a page of ours, else by his first role. */
export function homeOf(signedIn: Session, next: string | null): string {
  if (next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/sign-in')) return next;
  return HOMES[signedIn.grants[0]?.role ?? ''] ?? '/';
}
